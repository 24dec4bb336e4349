// Each target over its seeds and over what was once found, without a fuzzer: replay TARGET DIRECTORY...
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz.hpp"

namespace {

const fuzz::target* find(std::string_view name) {
  for (const fuzz::target* t = fuzz::target::first(); t != nullptr; t = t->next)
    if (name == t->name) return t;
  return nullptr;
}

std::vector<std::filesystem::path> files_in(const char* folder) {
  std::vector<std::filesystem::path> out;
  if (std::filesystem::is_directory(folder))
    for (const auto& entry : std::filesystem::directory_iterator(folder)) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

bool passes(const fuzz::target& target, const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  try {
    target.run(bytes);
    return true;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s: %s\n", file.c_str(), e.what());
    return false;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const fuzz::target* target = argc > 2 ? find(argv[1]) : nullptr;
  if (target == nullptr) return std::fprintf(stderr, "usage: replay TARGET DIRECTORY...\n"), 2;
  std::size_t files = 0, failed = 0;
  for (int i = 2; i < argc; ++i)
    for (const auto& file : files_in(argv[i])) {
      ++files;
      failed += passes(*target, file) ? 0 : 1;
    }
  std::printf("%s: %zu inputs, %zu failed\n", target->name, files, failed);
  return files == 0 || failed != 0 ? 1 : 0;
}
