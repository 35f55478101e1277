#include "sim/scenario/setting_value.h"

#include "sim/base/bug.h"
#include "sim/scenario/settings.h"
#include "sim/scenario/tree.h"

enum setting_shape setting_shape(const struct field_setting *setting)
{
    const cJSON *value = setting->value;
    return cJSON_IsArray(value)    ? SETTING_LIST
           : cJSON_IsObject(value) ? SETTING_OBJECT
                                   : SETTING_PLAIN;
}

uint32_t setting_entries(const struct field_setting *setting)
{
    return setting_shape(setting) == SETTING_PLAIN
               ? 0
               : (uint32_t)cJSON_GetArraySize(setting->value);
}

static const cJSON *entry_of(const struct field_setting *setting, uint32_t index)
{
    const cJSON *entry = cJSON_GetArrayItem(setting->value, (int)index);
    SIM_ASSERT(entry);
    return entry;
}

const char *setting_entry_key(const struct field_setting *setting, uint32_t index)
{
    return entry_of(setting, index)->string;
}

char *setting_entry_text(const struct field_setting *setting, uint32_t index)
{
    return settings_text(entry_of(setting, index));
}
