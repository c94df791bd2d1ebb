#include <fftw3.h>

/// The library's name and version. (Swift cannot see an array of unknown length.)
static inline const char *aural_fftw_version(void) { return fftwf_version; }
