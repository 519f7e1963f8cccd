// What a process does to itself before it executes another program.

#ifndef CSPAWN_CHILD_H
#define CSPAWN_CHILD_H

#include "CSpawn.h"

/// Notes the step that failed and its errno; returns -1.
int child_fail(struct spawn_result *result, int stage);

/// Does everything that the request asks for but the execution. Returns -1 on failure.
///
/// The descriptor `*kept`, where `kept` is not NULL, stays open until the execution, as another number.
int child_prepare(const struct spawn_request *request, struct spawn_result *result, int *kept);

/// Executes the first candidate that can be executed; returns, with errno, where none can.
void child_execute(const struct spawn_request *request);

#endif
