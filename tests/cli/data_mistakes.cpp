// Data that is missing, damaged or does not fit: exit code 4, and a message with the file and the remedy.
#include <sys/stat.h>

#include "support/data_files.hpp"
#include "support/program.hpp"

using namespace support;

namespace {

/// Intact images of 4 x 4 in four IDX files, ten for training and six for testing, and a study of them.
struct Idx : World {
  Idx() {
    write("d/train-images", idx({10, 4, 4}));
    write("d/train-labels", idx({10}, 3));
    write("d/test-images", idx({6, 4, 4}));
    write("d/test-labels", idx({6}, 3));
    write("study.ini", R"([dataset]
plugin = idx
train_images = d/train-images
train_labels = d/train-labels
test_images = d/test-images
test_labels = d/test-labels
classes = 3

[network]
layers = 16, 5, 3

[training]
steps = 3
batch_size = 5

[model:plain]

[metric:accuracy]
every = 1
)");
  }
  void check_error(const std::string& complaint, std::source_location where = std::source_location::current()) const {
    const Said said = run({"run", "study.ini"});
    check_exit(said, 4, where);
    check_text(tidy(said.err), complaint, where);
    BOOST_TEST(!fs::exists(here / "runs"));  // no run folder for a run that did not start
  }
};

struct Csv : World {
  explicit Csv(const std::string& table, const std::string& more = "test_rows = 2\n") {
    write("d/table.csv", table);
    write("study.ini", "[dataset]\nplugin = csv\ntrain = d/table.csv\nheader = yes\n" + more +
                           "\n[network]\nlayers = 2, 3, 2\n\n[training]\nsteps = 3\nbatch_size = 2\n\n"
                           "[model:plain]\n\n[metric:accuracy]\nevery = 1\n");
  }
  void check_error(int exit, const std::string& complaint,
                   std::source_location where = std::source_location::current()) const {
    const Said said = run({"run", "study.ini"});
    check_exit(said, exit, where);
    check_text(tidy(said.err), complaint, where);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(data_mistakes)

BOOST_AUTO_TEST_CASE(intact_files_run) { check_exit(Idx().run({"run", "study.ini"}), 0); }

BOOST_AUTO_TEST_CASE(a_missing_file) {
  const Idx data;
  fs::remove(data.here / "d/train-labels");
  data.check_error(
      "error: dataset 'idx' in [dataset] (study.ini:2): <here>/d/train-labels: cannot be opened: No such file or "
      "directory\n");
}

BOOST_AUTO_TEST_CASE(a_truncated_file) {
  const Idx data;
  data.write("d/train-images", idx({10, 4, 4}).substr(0, 100));
  data.check_error(
      "error: dataset 'idx' in [dataset] (study.ini:2): <here>/d/train-images: is too short: its header declares "
      "10 x 4 x 4 bytes\n");
}

BOOST_AUTO_TEST_CASE(a_wrong_magic_number) {
  const Idx data;
  data.write("d/train-images", "PNG?" + idx({10, 4, 4}).substr(4));
  const Said said = data.run({"run", "study.ini"});
  check_exit(said, 4);
  check_says(data.tidy(said.err), "error: dataset 'idx' in [dataset] (study.ini:2): <here>/d/train-images: ");
}

BOOST_AUTO_TEST_CASE(images_and_labels_swapped) {
  const Idx data;
  data.write("d/train-images", idx({10}, 3));
  const Said said = data.run({"run", "study.ini"});
  check_exit(said, 4);
  check_says(said.err, "were labels and images swapped?");
}

BOOST_AUTO_TEST_CASE(different_numbers_of_images_and_labels) {
  const Idx data;
  data.write("d/train-labels", idx({9}, 3));
  data.check_error(
      "error: dataset 'idx' in [dataset] (study.ini:2): <here>/d/train-images has 10 images, but "
      "<here>/d/train-labels has 9 labels: the two files do not belong together\n");
}

BOOST_AUTO_TEST_CASE(a_label_out_of_range) {
  const Idx data;
  data.write("d/test-labels", idx({6}, 4));
  data.check_error(
      "error: dataset 'idx' in [dataset] (study.ini:2): <here>/d/test-labels: label 3 of sample 4 is out of range: "
      "there are 3 "
      "classes, 0 to "
      "2\n");
}

BOOST_AUTO_TEST_CASE(a_truncated_gzip_file) {
  const Idx data;
  const std::string zipped = gzipped(idx({10, 4, 4}));
  data.write("d/train-images", zipped);
  check_exit(data.run({"run", "study.ini", "--out", "whole"}), 0);  // gzipped or not makes no difference
  data.write("d/train-images", zipped.substr(0, zipped.size() / 2));
  data.check_error(
      "error: dataset 'idx' in [dataset] (study.ini:2): <here>/d/train-images: its gzip data is truncated: fetch the "
      "file again\n");
}

BOOST_AUTO_TEST_CASE(a_folder_where_a_file_should_be) {
  const Idx data;
  fs::remove(data.here / "d/train-images");
  fs::create_directories(data.here / "d/train-images");
  data.check_error("error: dataset 'idx' in [dataset] (study.ini:2): <here>/d/train-images: is a folder, not a file\n");
}

// Opening a pipe would wait for somebody to write to it.
BOOST_AUTO_TEST_CASE(a_pipe_where_a_file_should_be) {
  const Idx data;
  fs::remove(data.here / "d/train-images");
  BOOST_TEST_REQUIRE(::mkfifo((data.here / "d/train-images").c_str(), 0600) == 0);
  const std::string complaint =
      "error: dataset 'idx' in [dataset] (study.ini:2): <here>/d/train-images: is a pipe, not a file: write its "
      "contents "
      "to a file, and name that\n";
  data.check_error(complaint);
  const Said checked = data.run({"check", "study.ini"});
  check_exit(checked, 4);
  check_text(data.tidy(checked.err), complaint);
  const Csv table("x,y,label\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n");
  fs::remove(table.here / "d/table.csv");
  fs::create_symlink("/dev/zero", table.here / "d/table.csv");
  table.check_error(
      4,
      "error: dataset 'csv' in [dataset] (study.ini:2): <here>/d/table.csv: is a device, not a file: write "
      "its contents to a file, and name that\n");
}

// Sorted by class, as tables often are: the last samples are all of one class.
BOOST_AUTO_TEST_CASE(samples_sorted_by_class_are_noticed) {
  const Idx data;
  data.write("d/train-labels", idx({10}, 1).substr(0, 8) + std::string("\0\0\0\0\1\1\1\2\2\2", 10));
  const auto run = [&](const Words& more) {
    return data.run(Words{"run", "study.ini", "dataset.validation=3"} + more);
  };
  const Said sorted = run({});
  check_exit(sorted, 0);
  check_text(
      sorted.err,
      "warning: dataset 'idx' in [dataset] (study.ini:2): there is no validation sample of classes 0 and 1, so "
      "measurements on the validation samples do not cover them; set stratify = yes in [dataset]\n"
      "warning: dataset 'idx' in [dataset] (study.ini:2): there is no training sample of class 2, only validation "
      "and test samples, so the models cannot learn it; set stratify = yes in [dataset]\n");
  check_text(run({"dataset.stratify=yes"}).err, "");  // the remedy works
}

BOOST_AUTO_TEST_CASE(labels_with_gaps_are_as_many_classes_as_occur) {
  const Idx data;
  data.write("d/train-labels", idx({10}, 1).substr(0, 8) + std::string("\3\4\x8\3\4\x8\3\4\x8\3", 10));
  data.write("d/test-labels", idx({6}, 1).substr(0, 8) + std::string("\x8\3\4\x8\3\4", 6));
  const Words study = {"run",
                       "study.ini",
                       "~dataset.classes",
                       "dataset.wrappers=label_noise",
                       "+dataset.label_noise.share=1",
                       "+metric:confusion_matrix.every=1",
                       "--out"};
  const Said said = data.run(study + Words{"out"});
  check_exit(said, 0);
  check_says(said.out, "10 training and 6 test images of 4 x 4, 3 classes\n");
  BOOST_TEST(data.read("out/run.json").find(R"("class_names": [
    "3",
    "4",
    "8"
  ])") != std::string::npos);
  data.write("d/test-labels", idx({6}, 5));
  check_says(
      data.tidy(data.run(study + Words{"again"}).err),
      "<here>/d/test-labels: label 0 of sample 1 does not occur in the training set, which has the labels 3 to 4, "
      "8; to count it as a class, set classes\n");
}

BOOST_AUTO_TEST_CASE(missing_mnist_files) {
  const World world;
  const Said said = world.run({"run", "mnist_snr.ini", "--offline"});
  check_exit(said, 4);
  check_text(world.tidy(said.err), R"(using the shipped pipeline <source>/pipelines/mnist_snr.ini
error: files of dataset mnist are missing, and --offline forbids downloading them
  missing:
    train-images-idx3-ubyte.gz
    train-labels-idx1-ubyte.gz
    t10k-images-idx3-ubyte.gz
    t10k-labels-idx1-ubyte.gz
  looked in:
    <here>/data/mnist
    <scratch>/home/share/pipeline/data/mnist
  What you can do:
    put the missing files (gzipped, or unpacked without .gz) into
      <scratch>/home/share/pipeline/data/mnist
      or into a folder mnist inside any folder listed in PIPELINE_DATA_PATH
    run again without --offline
    run the same study on data that needs no files:
      pipeline run mnist_snr.ini dataset.plugin=digits
)");
  // The command that the message recommends passes `check`.
  check_exit(world.run({"check", "mnist_snr.ini", "dataset.plugin=digits"}), 0);
}

BOOST_AUTO_TEST_CASE(no_network) {
  World world;
  // A mirror on a local port without a listener: refused at once, without network access.
  const Said said = world.run({"run", "mnist_snr.ini", "dataset.mirrors=http://127.0.0.1:1/"});
  check_exit(said, 4);
  const std::string text = world.tidy(said.err);
  check_says(text, "error: files of dataset mnist are missing and could not be downloaded\n");
  check_says(text, "  tried:\n    http://127.0.0.1:1/train-images-idx3-ubyte.gz\n");
  check_says(text, "      pipeline run mnist_snr.ini dataset.plugin=digits\n");
  BOOST_TEST(text.find("--offline") == std::string::npos);
  // The error starts on a new line, not behind an unfinished progress line.
  BOOST_TEST(text.find("\nerror: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_with_a_wrong_hash) {
  World world;
  world.write("data/mnist/train-images-idx3-ubyte.gz", "<html>Sign in to the hotel's network</html>");
  const Said said = world.run({"run", "mnist_snr.ini", "--offline"});
  check_exit(said, 4);
  check_text(world.tidy(said.err), R"(using the shipped pipeline <source>/pipelines/mnist_snr.ini
error: <here>/data/mnist/train-images-idx3-ubyte.gz is not the expected file
  it begins with '<', like a web page
  SHA-256   66cccb3f2f7e371c925282b09880b4830038083fb9a73f337e05b73a2a18c216
  expected  440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609
  Delete it to download it again, or put the right file in its place.
)");
  const Said verified = world.run({"data", "verify", "mnist"});
  check_exit(verified, 4);
  check_says(world.tidy(verified.out),
             "train-images-idx3-ubyte.gz: WRONG HASH, <here>/data/mnist/train-images-idx3-ubyte.gz\n");
}

BOOST_AUTO_TEST_CASE(csv_mistakes_are_reported_with_line_and_column) {
  const std::string good = "x,y,label\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n";
  check_exit(Csv(good).run({"run", "study.ini"}), 0);
  Csv(replaced(good, "3,4", "3,four"))
      .check_error(
          4,
          "error: dataset 'csv' in [dataset] (study.ini:2): <here>/d/table.csv:3:3: column 2 (y): 'four' is not a "
          "number, while most cells of the column are; if it stands for a missing value, leave it empty and set "
          "missing, "
          "or leave the column out (drop = y)\n");
  Csv(replaced(good, "3,4", "3,"))
      .check_error(4,
                   "error: dataset 'csv' in [dataset] (study.ini:2): <here>/d/table.csv:3:3: column 2 (y) is empty; "
                   "set missing = drop_rows or missing = mean, or leave the column out (drop = y)\n");
  Csv(replaced(good, "3,4", "3,nan"))
      .check_error(4,
                   "error: dataset 'csv' in [dataset] (study.ini:2): <here>/d/table.csv:3:3: column 2 (y): 'nan' is a "
                   "missing value; set missing = drop_rows or missing = mean, or leave the column out (drop = y)\n");
  Csv(replaced(good, "3,4,1", "3,4"))
      .check_error(
          4,
          "error: dataset 'csv' in [dataset] (study.ini:2): <here>/d/table.csv:3:3: the line ends after 2 cells; "
          "line 1 has 3; pipeline data inspect <here>/d/table.csv shows what the table is\n");
  Csv(replaced(good, "7,8,1", "7,8,2"))
      .check_error(4,
                   "error: dataset 'csv' in [dataset] (study.ini:2): <here>/d/table.csv:5:5: label column 3 (label): "
                   "the label '2' is unknown: the training rows have 0, 1; set stratify = yes\n");
  Csv(good, "").check_error(2,
                            "study.ini:3:9: error: [dataset]: train needs a test set beside it: give test (a file) or "
                            "test_rows (taken off the end of train)\n"
                            "    3 | train = d/table.csv\n"
                            "      |         ^~~~~~~~~~~\n");
  Csv(good, "test_rows = 9\n")
      .check_error(
          4,
          "error: dataset 'csv' in [dataset] (study.ini:2): <here>/d/table.csv: test_rows = 9 of 4 rows leaves none "
          "to train on\n");
  Csv(good, "test = d/nosuch.csv\n")
      .check_error(
          4,
          "error: dataset 'csv' in [dataset] (study.ini:2): <here>/d/nosuch.csv: cannot be opened: No such file or "
          "directory\n");
  Csv("", "test_rows = 2\n")
      .check_error(4, "error: dataset 'csv' in [dataset] (study.ini:2): <here>/d/table.csv: is empty\n");
}

BOOST_AUTO_TEST_CASE(keys_of_csv_that_exclude_or_need_each_other_are_found_without_the_data) {
  const auto said = [](const std::string& keys, const std::string& complaint) {
    const Csv study("", keys);  // the table itself is not even read
    const Said checked = study.run({"check", "study.ini"});
    check_exit(checked, 2);
    check_text(study.tidy(checked.err), complaint);
  };
  said("test_rows = 2\ndivide_by = 255\n", R"(study.ini:6:1: error: 'divide_by' has no effect
    6 | divide_by = 255
      | ^~~~~~~~~ it is used only with scaling = divide; remove it, or set that
)");
  said("test_rows = 2\nseed = 2\n", R"(study.ini:6:1: error: 'seed' has no effect
    6 | seed = 2
      | ^~~~ it is used only with shuffle = yes; remove it, or set that
)");
  said(
      "test_rows = 2\ncolumns = x\ndrop = y\n",
      R"(study.ini:7:8: error: [dataset]: drop and columns exclude each other: columns alone says which are inputs; remove one
    7 | drop = y
      |        ^
)");
}

BOOST_AUTO_TEST_CASE(a_table_that_does_not_fit_the_network_is_reported_at_the_layers_key) {
  const Csv data("x,y,z,label\n1,2,3,0\n3,4,5,1\n5,6,7,0\n7,8,9,1\n");
  data.check_error(2, R"(study.ini:8:10: error: the network has 2 inputs, but dataset 'csv' has 3 features
    8 | layers = 2, 3, 2
      |          ^ write 3 as the first of layers
)");
}

BOOST_AUTO_TEST_CASE(negative_inputs_are_an_error_for_a_metric_that_cannot_use_them) {
  const Csv data("x,y,label\n-1,2,0\n3,4,1\n5,6,0\n7,8,1\n");
  const Said said = data.run({"run", "study.ini", "+metric:signal_factor.every=1"});
  check_exit(said, 2);
  check_text(
      said.err,
      R"(command line: metric:signal_factor.every: error: [metric:signal_factor]: rate = positive and rescale = max need inputs >= 0, but layer 1 has negative ones; set rate = none and rescale = none
   | +metric:signal_factor.every=1
   |  ^~~~~~~~~~~~~~~~~~~~
)");
}

BOOST_AUTO_TEST_SUITE_END()
