#include "CTimeStampCounter.h"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

uint64_t sandlot_time_stamp_counter(void) {
#if defined(__x86_64__)
  return __rdtsc();
#else
  return 0;
#endif
}
