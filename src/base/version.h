/* The product's version, such as "0.1.0". */
#ifndef HF_BASE_VERSION_H
#define HF_BASE_VERSION_H

const char *hf_version(void);

#endif
