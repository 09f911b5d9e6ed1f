/* Botan is C++; CBotanSharing includes what it needs. This names the library to link. */
