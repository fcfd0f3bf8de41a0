#ifndef TUNIX_RT_CONEDNN_SHIM_H
#define TUNIX_RT_CONEDNN_SHIM_H

#include <oneapi/dnnl/dnnl.h>

// The two entry points of the OpenMP runtime that oneDNN itself uses. Elementwise kernels run on the
// same team of threads as the matrix products, so that two teams never compete for two cores.
void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
int omp_get_thread_num(void);
int omp_get_num_threads(void);
int omp_get_max_threads(void);
void omp_set_num_threads(int);

// Asks for a cache line that will be read soon; Swift has no word for it.
static inline void tunix_rt_prefetch(const void *address) { __builtin_prefetch(address); }

#endif
