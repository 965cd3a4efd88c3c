#include "study/team.hpp"

#include <algorithm>
#include <ranges>

#include "learning/checked.hpp"
#include "learning/speaking.hpp"

namespace pipeline::study {

bool products_can_be_shared(const Description& d) {
  return std::ranges::any_of(d.network.sizes | std::views::drop(1),
                             [&](std::size_t outputs) { return learning::Products::can_share(d.kernels, outputs); });
}

Team::Team(const Description& d, const Data& data, std::size_t threads, const std::atomic<int>* stop_signal)
    : description_(d),
      train_(data.train),
      test_(data.test),
      validation_(data.validation),
      stop_signal_(stop_signal),
      threads_(threads),
      can_share_(products_can_be_shared(d)),
      ordering_(d.models.size() + 1) {
  const Network start = learning::starting_network(d.network, d.start, d.seed);
  const auto add = [&](const std::string& name, learning::Entries entries, float rate, std::uint64_t steps) {
    Member m;
    m.name = name;
    m.steps = steps;
    try {
      m.model = std::make_unique<learning::Model>(name, start, std::move(entries), rate, data.image, data.classes,
                                                  learning::Products(d.kernels, &crew_));
    } catch (const learning::HookFailure& e) {  // ends this model only, as in every other hook
      m.failure = place_of(name, e.entry) + e.what();
      m.plugin_failed = m.ended = true;
      ordering_.ended(members_.size());
    }
    m.batches = std::make_unique<learning::Batches>(d.seed, train_.size(), d.batch_size);
    members_.push_back(std::move(m));
  };
  add("control", {}, 0, 0);
  for (const ModelSection& model : d.models) {
    learning::Entries entries;
    for (const EntrySection& e : model.regularisers)
      entries.emplace_back(e.name, e.object, e.scope, d.seed, model.name, e.remake, e.plugin);
    add(model.name, std::move(entries), model.learning_rate, d.steps);
  }
}

Team::~Team() {
  stop_ = true;
  changed_.notify_all();
  for (std::thread& t : workers_) t.join();
}

void Team::start() {
  const std::size_t useful = can_share_ ? kMostForOne * description_.models.size() : members_.size();
  for (std::size_t i = 0; i < std::min(threads_, useful); ++i) workers_.emplace_back([this] { work(); });
}

/// Of the members that nobody works on, the one with the fewest steps; none if it leads the slowest by two slices.
Member* Team::furthest_behind() {
  Member* best = nullptr;
  std::uint64_t slowest = std::numeric_limits<std::uint64_t>::max();
  for (Member& m : members_) {
    if (m.ended) continue;
    slowest = std::min(slowest, m.next);
    if (!m.busy && !m.waits && (!best || m.next < best->next)) best = &m;
  }
  return best && best->next < slowest + 2 * kSlice ? best : nullptr;
}

/// "mnist_snr.ini:31: " for an entry of a model's list, so that whoever wrote it finds it.
std::string Team::place_of(const std::string& model, const std::string& entry) const {
  for (const ModelSection& m : description_.models)
    for (const EntrySection& e : m.regularisers)
      if (m.name == model && e.name == entry && !e.word.place.file.empty())
        return e.word.place.file + (e.word.place.line ? ":" + std::to_string(e.word.place.line) : "") + ": ";
  return "";
}

void Team::work() {
  const learning::HandlerStack for_crashes;
  std::unique_lock lock(mutex_);
  while (!stopping() && !failure_) {
    if (std::ranges::all_of(members_, &Member::ended)) break;
    Member* member = furthest_behind();
    if (!member) {
      if (can_share_) {
        lock.unlock();
        crew_.help(std::chrono::milliseconds(5));
        lock.lock();
      } else {
        changed_.wait_for(lock, std::chrono::milliseconds(200));  // a signal sets a flag but wakes nobody
      }
      continue;
    }
    member->busy = true;
    std::uint64_t next = member->next;
    lock.unlock();
    std::string failure;
    bool plugin_failed = false;
    std::exception_ptr fatal;
    try {
      advance(*member, next);
    } catch (const learning::Diverged& e) {
      failure = e.what();
    } catch (const learning::HookFailure& e) {
      failure = place_of(member->name, e.entry) + e.what();
      plugin_failed = true;
    } catch (...) {
      fatal = std::current_exception();
    }
    lock.lock();
    member->busy = false;
    member->next = next;
    member->failure = failure;
    member->plugin_failed = plugin_failed;
    member->ended = !failure.empty() || member->next > member->steps;
    ordering_.reached(static_cast<std::size_t>(member - members_.data()), member->next);
    if (member->ended) ordering_.ended(static_cast<std::size_t>(member - members_.data()));
    for (Member& m : members_) {
      if (m.waits)
        m.waits = std::ranges::any_of(compared(m, m.next), [&](const std::string& name) {
          const auto other = std::ranges::find(members_, name, &Member::name);
          return !other->ended && !snapshot_of(*other, m.next);
        });
      if (&m != members_.data())
        std::erase_if(m.left, [&](const auto& copy) { return copy.first < ordering_.horizon(); });
    }
    if (fatal && !failure_) failure_ = fatal;
    changed_.notify_all();
  }
  changed_.notify_all();
}

/// A slice of steps. `next` goes one past `steps` once the last measurement is made.
void Team::advance(Member& m, std::uint64_t& next) {
  const std::uint64_t end = std::min(next + kSlice, m.steps + 1);
  while (next < end && !stopping()) {
    if (!others_are_there(m, next)) return;
    if (!measure(m, next)) {
      auto last = std::make_shared<const Snapshot>(*m.model, next);
      const std::lock_guard lock(mutex_);
      m.stopped_at = next;
      m.left[kForGood] = std::move(last);
      next = m.steps;  // its last measurement stands beside the others'
      return;
    }
    if (next < m.steps) m.model->step(next, train_, m.batches->at(next));
    ++next;
  }
}

bool Team::is_due(const MetricSection& section, const Member& m, std::uint64_t step) const {
  const bool control = &m == members_.data();
  return control ? step == 0 : step == m.steps || step % section.every == 0;
}

/// The models that the sections due at this step compare with.
std::vector<std::string> Team::compared(const Member& m, std::uint64_t step) const {
  std::vector<std::string> names;
  for (const MetricSection& s : description_.metrics)
    if (is_due(s, m, step)) names.insert(names.end(), s.info.compares.begin(), s.info.compares.end());
  return names;
}

/// Null where the model has not come to the step yet, or failed before it.
std::shared_ptr<const Snapshot> Team::snapshot_of(const Member& other, std::uint64_t step) const {
  auto it = other.left.find(&other == members_.data() ? 0 : step);
  if (it == other.left.end()) it = other.left.find(kForGood);
  return it == other.left.end() ? nullptr : it->second;
}

bool Team::others_are_there(Member& m, std::uint64_t step) {
  const std::vector<std::string> names = compared(m, step);
  if (names.empty()) return true;
  const bool is_compared = std::ranges::find(names, m.name) != names.end();
  std::unique_lock lock(mutex_);
  if (is_compared && !m.left.contains(step)) {
    lock.unlock();
    auto copy = std::make_shared<const Snapshot>(*m.model, step);
    lock.lock();
    m.left[step] = std::move(copy);
    for (Member& other : members_) other.waits = false;  // they look again
    changed_.notify_all();
  }
  for (const std::string& name : names) {
    const auto other = std::ranges::find(members_, name, &Member::name);
    m.waits |= !other->ended && !snapshot_of(*other, step);
  }
  return !m.waits;
}

bool Team::measure(Member& m, std::uint64_t step) {
  std::vector<const MetricSection*> due;
  for (const MetricSection& s : description_.metrics)
    if (is_due(s, m, step)) due.push_back(&s);
  // A metric may not look at a single logit, and after the last update no step comes that would.
  if (step == m.steps || !due.empty())
    if (!learning::all_finite(m.model->network())) throw learning::Diverged(step);
  if (due.empty()) return true;

  Network other;
  const bool uses_other = m.model->measures_other_weights();
  if (uses_other) other = m.model->measured_network(step);
  const Network& measured = uses_other ? other : m.model->network();
  Subject subject{m.name, measured, start_of_all(), m.model->entries(),
                  [&] { return m.model->weight_penalty(measured, step); }};
  if (m.model->has_batch_penalty())
    subject.batch_penalty = [&](const learning::Pass& pass) { return m.model->batch_penalty(measured, pass, step); };
  subject.products = m.model->products();
  if (!uses_other) subject.panels = m.model->panels();
  std::vector<std::shared_ptr<const Snapshot>> held;
  for (const std::string& name : compared(m, step)) {
    const std::lock_guard lock(mutex_);
    held.push_back(snapshot_of(*std::ranges::find(members_, name, &Member::name), step));
    subject.others[name] = held.back() ? &held.back()->subject : nullptr;
  }

  Measured all = study::measure(subject, step, due, splits());
  const bool go_on = step == m.steps || goes_on(m, step, all);
  const std::lock_guard lock(mutex_);
  ordering_.add(static_cast<std::size_t>(&m - members_.data()), step, std::move(all));
  return go_on;
}

/// Shows the regularisers that watch a section what it gave.
bool Team::goes_on(Member& m, std::uint64_t step, const Measured& measured) {
  bool stop = false;
  for (const learning::Entry& e : m.model->entries()) {
    if (!e.watcher) continue;
    const std::string section = e.run("Watcher::section", step, [&] { return e.watcher->section(); });
    const auto row = std::ranges::find_if(measured.rows, [&](const Row& r) { return r.metric == section && !r.layer; });
    if (row == measured.rows.end()) continue;
    const auto of = std::ranges::find(description_.metrics, section, &MetricSection::name);
    const Watched seen{step, row->value, of->info.better == Direction::higher};
    const Watcher::Verdict verdict = e.run("Watcher::see", step, [&] { return e.watcher->see(seen); });
    if (verdict == Watcher::Verdict::remember) m.model->remember();
    stop |= verdict == Watcher::Verdict::stop;
  }
  if (stop) m.model->restore();
  return !stop;
}

Team::News Team::wait(double seconds) {
  std::unique_lock lock(mutex_);
  const auto is_over = [&] {
    return std::ranges::none_of(members_, &Member::busy) &&
           (stopping() || failure_ || std::ranges::all_of(members_, &Member::ended));
  };
  if (!is_over()) changed_.wait_for(lock, std::chrono::duration<double>(seconds));
  News news;
  news.horizon = ordering_.horizon();
  news.over = is_over();
  if (news.over)  // rows held back for slower models are let go
    for (std::size_t m = 0; m < members_.size(); ++m) ordering_.ended(m);
  news.rows = ordering_.release();
  return news;
}

void Team::rethrow() const {
  if (failure_) std::rethrow_exception(failure_);
}

std::vector<ModelProgress> Team::progress() {
  const std::lock_guard lock(mutex_);
  std::vector<ModelProgress> out;
  for (std::size_t i = 1; i < members_.size(); ++i)
    out.push_back({members_[i].name, std::min(members_[i].next, members_[i].steps), {}, members_[i].failure});
  return out;
}

}  // namespace pipeline::study
