#include "cli/guarded.hpp"

#include "cli/command.hpp"
#include "cli/complain.hpp"
#include "config/complaint.hpp"
#include "data/error.hpp"
#include "measuring/evaluation.hpp"

namespace pipeline::cli {

int guarded(const std::function<int()>& command) {
  const auto complain_and = [](const std::exception& e, int code) {
    complain(e.what());
    return code;
  };
  try {
    return command();
  } catch (const config::PipelineTextError& e) {
    complain(e.complaints);
    return Exit::usage;
  } catch (const UsageError& e) {
    return complain_and(e, Exit::usage);
  } catch (const pipeline::plugins::UnknownPlugin& e) {
    return complain_and(e, Exit::usage);
  } catch (const pipeline::plugins::RefusedPlugin& e) {
    return complain_and(e, Exit::plugin_refused);
  } catch (const measuring::MetricFailure& e) {
    return complain_and(e, Exit::plugin_refused);
  } catch (const learning::HookFailure& e) {
    return complain_and(e, Exit::plugin_refused);
  } catch (const data::DataError& e) {
    return complain_and(e, Exit::data_trouble);
  } catch (const std::exception& e) {
    return complain_and(e, Exit::nothing_trained);
  } catch (...) {  // from a plugin: the engine only throws std::exception
    complain("a plugin threw something that is not a std::exception; plugins must throw std::exception");
    return Exit::plugin_refused;
  }
}

}  // namespace pipeline::cli
