#include "base/version.h"

#include "config.h"

const char *hf_version(void)
{
    return PACKAGE_VERSION;
}
