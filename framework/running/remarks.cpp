#include "running/remarks.hpp"

namespace pipeline::running {

void note_remarks(const ModelTask& task, results::RunJson& record, Observer& observer) {
  if (!task.ended) return;  // a signal stopped the run first
  for (const learning::Entry& e : task.model->entries()) try {
      const std::string text = e.run("Regulariser::remark", task.steps, [&] { return e.object->remark(); });
      if (text.empty()) continue;
      record.remark(task.name, e.name + ": " + text);
      observer.warning("model " + task.name + ", " + e.name + ": " + text);
    } catch (const learning::HookFailure& failure) {
      observer.warning("model " + task.name + ": " + failure.what());
    }
}

}  // namespace pipeline::running
