#ifndef KEY_ESCROW_PNG_SHIM_H
#define KEY_ESCROW_PNG_SHIM_H

#include <png.h>
#include <string.h>

// Swift sees no macro with a cast in it.

/// Makes `image` one of `width` x `height` pixels, each of them a place in a palette of RGB entries.
static inline void escrow_png_palette(png_image *image, png_uint_32 width, png_uint_32 height, png_uint_32 entries) {
  memset(image, 0, sizeof *image);
  image->version = PNG_IMAGE_VERSION;
  image->width = width;
  image->height = height;
  image->format = PNG_FORMAT_RGB_COLORMAP;
  image->colormap_entries = entries;
}

/// What libpng says went wrong.
static inline const char *escrow_png_message(const png_image *image) { return image->message; }

#endif
