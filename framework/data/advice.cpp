#include "data/advice.hpp"

namespace pipeline::data {

std::string quoted(const std::string& word) {
  const char* plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+,:@%=";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

std::string wrong_hash(const Verdict& v, bool web_page) {
  return v.path.string() + " is not the file it should be" +
         (web_page ? "\n  it begins with '<', as a web page does" : "") + "\n  its SHA-256  " + v.sha256 +
         "\n  expected     " + v.expected +
         "\n  Delete it, and it is downloaded again; or put the right file in its place.\n";
}

std::string not_there(const std::string& dataset, const std::vector<std::string>& missing,
                      const std::vector<std::string>& tried, const FetchOptions& options) {
  std::string text = "the data set " + dataset + " is not here";
  text += options.offline ? ", and --offline forbids to download it" : " and could not be downloaded";
  text += "\n  missing:";
  for (const std::string& name : missing) text += "\n    " + name;
  text += "\n  looked in:";
  for (const std::filesystem::path& folder : search_folders()) text += "\n    " + (folder / dataset).string();
  if (!options.offline) text += "\n  tried:";
  if (!options.offline && tried.empty()) text += "\n    nothing: no mirror is known";
  if (!options.offline)
    for (const std::string& attempt : tried) text += "\n    " + attempt;
  text += "\n  What you can do:\n    put the missing files (gzipped, or unpacked without .gz) into\n      " +
          landing_folder(dataset).string() + "\n      or into a folder " + dataset +
          " inside any folder that PIPELINE_DATA_PATH names";
  if (options.offline) text += "\n    run again without --offline";
  if (options.pipeline_file.empty())
    text += "\n    run a pipeline on data that needs no file, by adding to its command: dataset.plugin=digits";
  else
    text += "\n    run the same study on data that needs no file:\n      pipeline run " +
            quoted(options.pipeline_file) + " dataset.plugin=digits";
  return text;
}

}  // namespace pipeline::data
