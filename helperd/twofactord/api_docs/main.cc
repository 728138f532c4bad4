// Writes the pages of docs/api/ into the folder that is its argument.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "helperd/twofactord/api_docs/pages.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_api_docs FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder(argv[1]);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const auto& [name, text] : twofactor::AllPages()) {
    std::ofstream file(folder / name, std::ios::binary);
    file << text << std::flush;
    if (!file) {
      std::fprintf(stderr, "make_api_docs: cannot write %s\n", (folder / name).c_str());
      return 1;
    }
  }
  return 0;
}
