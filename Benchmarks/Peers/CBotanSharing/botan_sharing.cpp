#include "botan_sharing.h"

#include <botan/auto_rng.h>
#include <botan/tss.h>
#include <botan/version.h>
#include <cstring>
#include <vector>

struct botan_sharing {
  uint8_t threshold, count;
  Botan::AutoSeeded_RNG generator;
  const std::vector<uint8_t> identifier = std::vector<uint8_t>(16);
  std::vector<Botan::RTSS_Share> shares;
};

extern "C" botan_sharing *botan_sharing_create(uint8_t threshold, uint8_t shares) {
  try {
    botan_sharing *sharing = new botan_sharing;
    sharing->threshold = threshold;
    sharing->count = shares;
    return sharing;
  } catch (...) {
    return nullptr;
  }
}

extern "C" void botan_sharing_destroy(botan_sharing *sharing) { delete sharing; }

extern "C" int botan_sharing_split(botan_sharing *sharing, const uint8_t *secret, size_t length) {
  try {
    /* Without its own hash over the secret, which no other library here computes. */
    sharing->shares = Botan::RTSS_Share::split(sharing->threshold, sharing->count, secret,
                                               static_cast<uint16_t>(length), sharing->identifier, "None",
                                               sharing->generator);
    return 0;
  } catch (...) {
    return -1;
  }
}

extern "C" int botan_sharing_combine(botan_sharing *sharing, uint8_t *secret, size_t length) {
  try {
    /* The shares that it is given it takes as they are. */
    const auto known = sharing->shares.begin();
    const std::vector<Botan::RTSS_Share> enough(known, known + sharing->threshold);
    const auto result = Botan::RTSS_Share::reconstruct(enough);
    if (result.size() != length) return -1;
    std::memcpy(secret, result.data(), length);
    return 0;
  } catch (...) {
    return -1;
  }
}

extern "C" const char *botan_sharing_version(void) { return Botan::short_version_cstr(); }
