#pragma once

#include <stdint.h>

/// Gives the disk's blocks of a part of a file back; the file keeps its size and reads as zeros there.
/// Returns 0, or the error number.
int sandlot_punch_hole(int descriptor, int64_t offset, int64_t length);

/// The offset of the first data at or behind an offset; the file's size where there is none, -1 on
/// failure.
int64_t sandlot_first_data(int descriptor, int64_t offset);

/// Has the kernel begin to write a file's content to the disk, without waiting for it. Returns 0, or
/// the error number.
int sandlot_begin_writing(int descriptor);
