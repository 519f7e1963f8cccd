#pragma once

#include <stdint.h>

/// The processor's time stamp counter; 0 where it has none.
uint64_t sandlot_time_stamp_counter(void);
