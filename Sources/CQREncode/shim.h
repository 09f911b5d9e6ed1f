#ifndef KEY_ESCROW_QRENCODE_SHIM_H
#define KEY_ESCROW_QRENCODE_SHIM_H

#include <qrencode.h>

#endif
