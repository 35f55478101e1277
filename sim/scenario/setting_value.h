/* What stands behind a path of a FIELD_SETTINGS, for those who give it a meaning of their
 * own: a list of values, or an object of a few.
 *
 * Texts are as they would stand after --set PATH=, so that a value can be taken from one
 * setting and put into another.
 */
#ifndef SIM_SCENARIO_SETTING_VALUE_H
#define SIM_SCENARIO_SETTING_VALUE_H

#include <stdint.h>

#include "sim/base/field.h"

enum setting_shape { SETTING_PLAIN, SETTING_LIST, SETTING_OBJECT };

enum setting_shape setting_shape(const struct field_setting *setting);

/* Entries of a list or an object; 0 of a plain value. */
uint32_t setting_entries(const struct field_setting *setting);

/* The key of an entry of an object. */
const char *setting_entry_key(const struct field_setting *setting, uint32_t index);

/* The text of an entry, the caller's to free.  Linear in the index. */
char *setting_entry_text(const struct field_setting *setting, uint32_t index);

#endif
