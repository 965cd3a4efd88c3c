// peak THREADS SECONDS: prints the GFLOP/s of OpenBLAS's sgemm of 2048 x 2048 matrices, the mean over SECONDS.
#include <cblas.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: peak THREADS SECONDS\n", stderr);
    return 2;
  }
  openblas_set_num_threads(std::atoi(argv[1]));
  const double window = std::atof(argv[2]);
  constexpr int n = 2048;
  const std::vector<float> a(n * n, 1.25f), b(n * n, .75f);
  std::vector<float> c(n * n);
  const auto once = [&] {
    cblas_sgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a.data(), n, b.data(), n, 0, c.data(), n);
  };
  once();
  const auto start = std::chrono::steady_clock::now();
  const auto passed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  int times = 0;
  do once(), ++times;
  while (passed() < window);
  std::printf("%.1f\n", 2e-9 * n * n * n * times / passed());
}
