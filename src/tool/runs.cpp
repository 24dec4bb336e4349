#include "runs.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <tuple>
#include <vector>

namespace handshim::tool {
namespace {

auto fields(const reading& r) {
  return std::tie(r.redirects, r.max_redirects, r.follow_300, r.max_line, r.max_headers, r.max_body, r.max_interim,
                  r.body, r.body_until_eof, r.chunked, r.interim, r.measure_at_end, r.integer_status, r.high_status,
                  r.ascii_headers, r.utf8_reason, r.any_length_form, r.early_close_codes, r.lower_case_coding,
                  r.report_at_end, r.deliver_after_close);
}

}  // namespace

bool is_tls(const scenario& s) { return s.texts.client.find("wss://") != std::string::npos; }

bool operator<(const run_key& a, const run_key& b) {
  if (std::tie(a.of, a.backend) != std::tie(b.of, b.backend))
    return std::tie(a.of, a.backend) < std::tie(b.of, b.backend);
  return fields(a.how) < fields(b.how);
}

void play_all(runs& all, std::size_t jobs) {
  std::vector<runs::value_type*> queue;
  for (auto& run : all) queue.push_back(&run);
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  const auto work = [&] {
    for (std::size_t i = next++; i < queue.size(); i = next++)
      queue[i]->second = play(*queue[i]->first.of, queue[i]->first.backend, queue[i]->first.how);
  };
  for (std::size_t i = 0; i < std::min(jobs, queue.size()); ++i) threads.emplace_back(work);
  for (std::thread& t : threads) t.join();
}

}  // namespace handshim::tool
