#include "study/team.hpp"

#include <algorithm>

#include "learning/checked.hpp"

namespace pipeline::study {

Team::Team(const Description& d, const Data& data, std::size_t threads, const std::atomic<int>* stop_signal)
    : description_(d),
      train_(data.train),
      test_(data.test),
      stop_signal_(stop_signal),
      threads_(threads),
      ordering_(d.models.size() + 1) {
  const Network start = learning::starting_network(d.network, d.start, d.seed);
  const auto add = [&](const std::string& name, learning::Entries entries, float rate, std::uint64_t steps) {
    Member m;
    m.name = name;
    m.steps = steps;
    try {
      m.model = std::make_unique<learning::Model>(name, start, std::move(entries), rate, data.image, data.classes);
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
      entries.emplace_back(e.name, e.object, e.scope, d.seed, model.name);
    add(model.name, std::move(entries), model.learning_rate, d.steps);
  }
}

Team::~Team() {
  stop_ = true;
  changed_.notify_all();
  for (std::thread& t : workers_) t.join();
}

void Team::start() {
  for (std::size_t i = 0; i < std::min(threads_, members_.size()); ++i) workers_.emplace_back([this] { work(); });
}

/// Of the members that nobody works on, the one with the fewest steps; none if it leads the slowest by two slices.
Member* Team::furthest_behind() {
  Member* best = nullptr;
  std::uint64_t slowest = std::numeric_limits<std::uint64_t>::max();
  for (Member& m : members_) {
    if (m.ended) continue;
    slowest = std::min(slowest, m.next);
    if (!m.busy && (!best || m.next < best->next)) best = &m;
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
  std::unique_lock lock(mutex_);
  while (!stopping() && !failure_) {
    if (std::ranges::all_of(members_, &Member::ended)) break;
    Member* member = furthest_behind();
    if (!member) {
      changed_.wait_for(lock, std::chrono::milliseconds(200));  // a signal sets a flag but wakes nobody
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
    if (fatal && !failure_) failure_ = fatal;
    changed_.notify_all();
  }
  changed_.notify_all();
}

/// A slice of steps. `next` goes one past `steps` once the last measurement is made.
void Team::advance(Member& m, std::uint64_t& next) {
  const std::uint64_t end = std::min(next + kSlice, m.steps + 1);
  while (next < end && !stopping()) {
    measure(m, next);
    if (next < m.steps) m.model->step(next, train_, m.batches->at(next));
    ++next;
  }
}

void Team::measure(Member& m, std::uint64_t step) {
  const bool control = m.steps == 0 && &m == members_.data();
  std::vector<const MetricSection*> test, train;
  std::uint64_t images = 0;
  for (const MetricSection& s : description_.metrics) {
    if (!control && step != m.steps && step % s.every != 0) continue;
    if (s.on_test()) test.push_back(&s);
    if (s.on_train()) train.push_back(&s), images = std::max(images, s.images);
  }
  // A metric may not look at a single logit, and after the last update no step comes that would.
  if (step == m.steps || !test.empty() || !train.empty())
    if (!learning::all_finite(m.model->network())) throw learning::Diverged(step);
  if (test.empty() && train.empty()) return;

  Network other;
  const bool uses_other = m.model->measures_other_weights();
  if (uses_other) other = m.model->measured_network();
  const Network& measured = uses_other ? other : m.model->network();
  Subject subject{m.name, measured, m.model->entries(), [&] { return m.model->weight_penalty(measured); }, {}};
  if (m.model->has_batch_penalty())
    subject.batch_penalty = [&](const learning::Pass& pass) { return m.model->batch_penalty(measured, pass); };

  // Sections in file order, test before train of each; metrics of one split and one number of images share a pass.
  std::map<std::string, Measured> by_section;
  const auto run = [&](const std::vector<const MetricSection*>& due, const learning::Inputs& inputs, std::size_t count,
                       const char* suffix) {
    if (!due.empty())
      for (auto& [name, part] : study::measure(subject, step, due, inputs, std::min(count, inputs.size()), suffix))
        by_section[name].append(std::move(part));
  };
  run(test, test_, test_.size(), "");
  std::map<std::uint64_t, std::vector<const MetricSection*>> train_by_images;
  for (const MetricSection* s : train) train_by_images[s->images].push_back(s);
  for (const auto& [count, due] : train_by_images) run(due, train_, count, ".train");

  Measured all;
  for (const MetricSection& s : description_.metrics)
    if (const auto it = by_section.find(s.name); it != by_section.end()) all.append(std::move(it->second));
  const std::lock_guard lock(mutex_);
  ordering_.add(static_cast<std::size_t>(&m - members_.data()), step, std::move(all));
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
