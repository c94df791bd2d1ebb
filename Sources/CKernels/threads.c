#include "CKernels.h"

static _Thread_local int inside_parallel = 0;

int ck_inside_parallel(void) { return inside_parallel; }
void ck_set_inside_parallel(int inside) { inside_parallel = inside; }
