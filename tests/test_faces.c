/* The table of faces: every row says all that is asked of it, and is found again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "models/faces.h"

static void test_every_face_has_its_words_and_is_found_by_what_it_is_called(void **state)
{
    (void)state;
    for (uint32_t i = FACE_NONE + 1; faces[i].name; i++) {
        const struct face *f = &faces[i];
        assert_string_equal(face_choice(i), f->name);
        assert_ptr_equal(face_find(f->called), f);
        assert_true(strlen(f->symptom) > 10 && strlen(f->source) > 10);
        assert_true(strlen(f->port) > 1);
        for (uint32_t k = 0; k < i; k++)
            assert_string_not_equal(f->name, faces[k].name);
    }
}

static void test_no_face_is_found_by_nothing(void **state)
{
    (void)state;
    assert_null(face_find(NULL));
    assert_null(face_find(""));
    assert_string_equal(face_choice(FACE_NONE), "none");
    uint32_t count = 0;
    while (faces[count].name)
        count++;
    assert_null(face_choice(count));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_face_has_its_words_and_is_found_by_what_it_is_called),
        cmocka_unit_test(test_no_face_is_found_by_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
