// Plugins that misbehave in one of their calls, whichever is asked for: MISBEHAVES_IN names the call, MISBEHAVES_HOW
// says what it does. The probe is spared, so that the call happens in the program itself.
#include <pipeline/dataset.hpp>
#include <pipeline/hooks.hpp>
#include <pipeline/metric.hpp>
#include <pipeline/optimiser.hpp>
#include <pipeline/regulariser.hpp>
#include <pipeline/report.hpp>

#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cfenv>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <locale>
#include <stdexcept>
#include <string>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace {
using namespace pipeline;

void misbehave(const std::string& how) {
  if (how == "throw") throw std::runtime_error("the moon is full");
  if (how == "throw_number") throw 42;
  if (how == "segv") ::raise(SIGSEGV);
  if (how == "exit") std::exit(0);
  if (how == "_exit") ::_exit(0);
  if (how == "_Exit") std::_Exit(0);
  if (how == "quick_exit") std::quick_exit(0);
  if (how == "errx") ::errx(0, "good bye");
  if (how == "pthread_exit") ::pthread_exit(nullptr);
  if (how == "exit_group") ::syscall(SYS_exit_group, 0);
  char* const words[] = {const_cast<char*>("true"), nullptr};
  if (how == "execveat") ::execveat(AT_FDCWD, "/bin/true", words, environ, 0);
  if (how == "syscall exit") ::syscall(SYS_exit, 0);
  if (how == "syscall execve") ::syscall(SYS_execve, "/bin/true", words, environ);
  if (how == "syscall execveat") ::syscall(SYS_execveat, AT_FDCWD, "/bin/true", words, environ, 0);
  if (how == "daemon" && ::daemon(1, 1) != 0) std::abort();
  if (how == "execl") ::execl("/bin/true", "true", nullptr);
  if (how == "execv") ::execv("/bin/true", words);
  // No harm: what other processes do.
  if (how == "child" && ::fork() == 0) ::_exit(0);
  if (how == "spawn") {
    pid_t child = 0;
    if (::posix_spawn(&child, "/bin/true", nullptr, nullptr, words, environ) != 0) std::abort();
    ::waitpid(child, nullptr, 0);
  }
  // What it leaves changed for everybody.
  if (how == "rounding") std::fesetround(FE_UPWARD);
#if defined(__x86_64__)
  if (how == "subnormal") _mm_setcsr(_mm_getcsr() | 0x8040);
#else
  if (how == "subnormal") std::fesetround(FE_UPWARD);
#endif
  if (how == "traps") ::feenableexcept(FE_DIVBYZERO);
  if (how == "folder" && ::chdir("/") != 0) std::abort();
  if (how == "umask") ::umask(0);
  if (how == "syscall umask") ::syscall(SYS_umask, 0);
  if (how == "syscall folder" && ::syscall(SYS_chdir, "/") != 0) std::abort();
  if (how == "locale") std::setlocale(LC_ALL, "C.UTF-8");
  if (how == "stream_locale") std::locale::global(std::locale("C.UTF-8"));
  if (how == "handler") std::signal(SIGINT, SIG_IGN);
  if (how == "crash_handler") std::signal(SIGSEGV, SIG_DFL);
  if (how == "mask") {
    sigset_t all;
    ::sigfillset(&all), ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  }
  if (how == "environment") ::setenv("TZ", "Europe/Oslo", 1);
  if (how == "limit") {
    rlimit limit{};
    ::getrlimit(RLIMIT_CORE, &limit), limit.rlim_cur = limit.rlim_cur ? 0 : 1, ::setrlimit(RLIMIT_CORE, &limit);
  }
  if (how == "prlimit") {
    rlimit limit{};
    ::getrlimit(RLIMIT_CORE, &limit), limit.rlim_cur = limit.rlim_cur ? 0 : 1;
    ::prlimit(0, RLIMIT_CORE, &limit, nullptr);
  }
  if (how == "output") ::close(STDOUT_FILENO);
  // What it restores.
  if (how == "restores") {
    const int rounding = std::fegetround();
    const mode_t mask = ::umask(0);
    std::fesetround(FE_UPWARD), std::fesetround(rounding), ::umask(mask);
  }
}

void here(const char* call) {
  const char *in = std::getenv("MISBEHAVES_IN"), *how = std::getenv("MISBEHAVES_HOW");
  if (in && how && std::string(in) == call && std::string(program_invocation_short_name) != "probe") misbehave(how);
}

class EveryHook final : public Regulariser,
                        public BatchChange,
                        public ActivationChange,
                        public WeightChange,
                        public WeightPenalty,
                        public LayerPenalty,
                        public ActivationPenalty,
                        public GradientChange,
                        public NetworkGradientChange,
                        public LookAhead,
                        public BeforeUpdate,
                        public AfterUpdate,
                        public AfterLayerUpdate,
                        public MeasuredWeights {
 public:
  EveryHook() { here("make"); }
  ~EveryHook() override { here("destructor"); }
  void declare(Parameters&) override { here("declare"); }
  bool biases_by_default() const override { return here("Regulariser::biases_by_default"), false; }
  bool acts_on_biases() const override { return here("Regulariser::acts_on_biases"), true; }
  std::string remark() const override { return here("Regulariser::remark"), ""; }
  void check(const NetworkShape&, const ImageShape&) const override { here("Regulariser::check"); }
  void check_training(const TrainingLength&) const override { here("Regulariser::check_training"); }
  void declare_state(State&) override { here("declare_state"); }
  void change(Batch&, const Step&) const override { here("BatchChange::change"); }
  Where where() const override { return here("ActivationChange::where"), Where::after_relu; }
  void forward(Activations, const Step&) const override { here("ActivationChange::forward"); }
  void backward(Activations, const Step&) const override { here("ActivationChange::backward"); }
  void measure(Activations) const override { here("ActivationChange::measure"); }
  void forward(Layer&, std::size_t, const Step&) const override { here("WeightChange::forward"); }
  void backward(Layer&, std::size_t, const Step&) const override { here("WeightChange::backward"); }
  void measure(Layer&, std::size_t) const override { here("WeightChange::measure"); }
  double value(std::span<const float>, const Tile&, const Step&) const override {
    return here("WeightPenalty::value"), 0;
  }
  void add_gradient(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {
    here("WeightPenalty::add_gradient");
  }
  double value(const Layer&, const LayerPass&, const Step&) const override { return here("LayerPenalty::value"), 0; }
  void add_gradient(const Layer&, const LayerPass&, Layer&, const Step&) const override {
    here("LayerPenalty::add_gradient");
  }
  Penalised penalised() const override { return here("ActivationPenalty::penalised"), Penalised::activations; }
  double value(const PenalisedUnits&, const Step&) const override { return here("ActivationPenalty::value"), 0; }
  void add_gradient(const PenalisedUnits&, arma::fmat&, const Step&) const override {
    here("ActivationPenalty::add_gradient");
  }
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {
    here("GradientChange::change");
  }
  void change(const Network&, Network&, const Step&) const override { here("NetworkGradientChange::change"); }
  void displace(Network&, const Network&, const Step&) const override { here("LookAhead::displace"); }
  void before_update(std::span<float>, const Tile&, const Step&) const override { here("BeforeUpdate::before_update"); }
  void after_update(std::span<float>, const Tile&, const Step&) const override { here("AfterUpdate::after_update"); }
  void after_update(arma::fmat&, arma::fvec&, std::size_t, const Step&) const override {
    here("AfterLayerUpdate::after_update");
  }
  void measured(std::span<float>, const Tile&) const override { here("MeasuredWeights::measured"); }
};

struct EveryWatch final : Regulariser, Watcher {
  std::string section() const override { return here("Watcher::section"), "every_measure"; }
  Decision see(const Watched&) const override { return here("Watcher::see"), Decision::go_on; }
};

struct EverySquare final : Regulariser, SquaredPenalty {
  float factor(const Step&) const override { return here("SquaredPenalty::factor"), 0.f; }
};

struct EveryStep final : Optimiser {
  EveryStep() { here("Optimiser make"); }
  ~EveryStep() override { here("Optimiser destructor"); }
  void declare(Parameters&) override { here("Optimiser declare"); }
  float default_rate() const override { return here("Optimiser::default_rate"), 0.1f; }
  bool is_plain_descent() const override { return here("Optimiser::is_plain_descent"), false; }
  void declare_state(State&) override { here("Optimiser declare_state"); }
  void direction(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {
    here("Optimiser::direction");
  }
};

struct Gathers final : Gatherer {
  ~Gathers() override { here("Gatherer::~Gatherer"); }
  void see(const Block&) override { here("Gatherer::see"); }
};
struct Shared {
  bool is_copy = false;
  Shared() = default;
  Shared(const Shared&) : is_copy(true) {}
  ~Shared() {
    if (is_copy) here("destructor of a shared object");  // the copy that the engine keeps
  }
};

struct EveryMeasure final : Metric {
  EveryMeasure() { here("Metric make"); }
  ~EveryMeasure() override { here("Metric destructor"); }
  void declare(Parameters&) override { here("Metric declare"); }
  MetricInfo describe() const override {
    here("Metric::describe");
    return {.unit = "share", .better = Direction::higher};
  }
  void check(const NetworkShape&, bool) const override { here("Metric::check"); }
  void prepare(Evaluation& e) const override { e.gather<Gathers>(), here("Metric::prepare"); }
  void measure(const Evaluation& e, Results& out) const override {
    here("Metric::measure");
    e.share<Shared>([] { return Shared(); });
    out.value(1 + e.penalty());
  }
};

struct EveryLoad final : Dataset {
  EveryLoad() { here("Dataset make"); }
  ~EveryLoad() override { here("Dataset destructor"); }
  void declare(Parameters&) override { here("Dataset declare"); }
  void check() const override { here("Dataset::check"); }
  std::vector<DataFile> files() const override { return here("Dataset::files"), std::vector<DataFile>(); }
  std::optional<DataShape> shape() const override { return here("Dataset::shape"), std::nullopt; }
  Data load(const DataAccess& access) const override {
    here("Dataset::load");
    access.parallel(8, [](std::size_t) { here("DataAccess::parallel"); });
    Data data;
    data.classes = 2;
    for (Samples* s : {&data.train, &data.test}) {
      s->floats.ones(4, 60);
      for (std::uint16_t n = 0; n < 60; ++n) s->labels.push_back(n % 2);
    }
    return data;
  }
};

struct EveryWrap final : Wrapper {
  DataShape changed_shape(DataShape inner) const override { return here("Wrapper::changed_shape"), inner; }
  Data change(Data inner) const override { return here("Wrapper::change"), inner; }
};

struct EveryPage final : Report {
  EveryPage() { here("Report make"); }
  ~EveryPage() override { here("Report destructor"); }
  void declare(Parameters&) override { here("Report declare"); }
  ReportOutput write(const RunResults&, const Occasion&) const override {
    return here("Report::write"), ReportOutput{};
  }
};
}  // namespace

PIPELINE_REGULARISER(EveryHook, every_hook, "misbehaves in one of its calls")
PIPELINE_REGULARISER(EveryWatch, every_watch, "misbehaves while it watches")
PIPELINE_REGULARISER(EverySquare, every_square, "misbehaves in a squared penalty")
PIPELINE_OPTIMISER(EveryStep, every_step, "misbehaves in one of its calls")
PIPELINE_METRIC(EveryMeasure, every_measure, "misbehaves in one of its calls")
PIPELINE_DATASET(EveryLoad, every_load, "misbehaves in one of its calls")
PIPELINE_DATASET(EveryWrap, every_wrap, "misbehaves in one of its calls")
PIPELINE_REPORT(EveryPage, every_page, "misbehaves in one of its calls")
