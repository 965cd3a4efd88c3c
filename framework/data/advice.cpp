#include "data/advice.hpp"

namespace pipeline::data {

std::string quoted(const std::string& word) {
  const char* plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+,:@%=";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

std::string wrong_hash(const FileCheck& v, bool web_page) {
  return v.path.string() + " is not the expected file" + (web_page ? "\n  it begins with '<', like a web page" : "") +
         "\n  SHA-256   " + v.sha256 + "\n  expected  " + v.expected +
         "\n  Delete it to download it again, or put the right file in its place.\n";
}

std::string not_there(const std::string& dataset, const std::vector<std::string>& missing,
                      const std::vector<std::string>& tried, const FetchOptions& options) {
  std::string text = "files of dataset " + dataset + " are missing";
  text += options.offline ? ", and --offline forbids downloading them" : " and could not be downloaded";
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
          " inside any folder listed in PIPELINE_DATA_PATH";
  if (options.offline) text += "\n    run again without --offline";
  if (options.pipeline_file.empty())
    text += "\n    run a pipeline on data that needs no files: add dataset.plugin=digits to its command";
  else
    text += "\n    run the same study on data that needs no files:\n      pipeline run " +
            quoted(options.pipeline_file) + " dataset.plugin=digits";
  return text;
}

}  // namespace pipeline::data
