#pragma once

#include "handshim/counters.hpp"
#include "handshim/impl/json.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

/// Writes metric families of the type counter, as OpenMetrics 1.0 wants them.
class openmetrics {
 public:
  openmetrics& family(std::string_view name, std::string_view help) {
    name_ = name;
    out_ << "# HELP handshim_" << name << " " << help << "\n# TYPE handshim_" << name << " counter\n";
    return *this;
  }
  openmetrics& sample(std::uint64_t count) {
    out_ << "handshim_" << name_ << "_total " << std::to_string(count) << "\n";
    return *this;
  }
  openmetrics& samples(std::string_view label, const counters::rows& rows) {
    for (const counters::row& row : rows) {
      out_ << "handshim_" << name_ << "_total{" << label << "=\"";
      label_value(row.name);
      out_ << "\"} " << std::to_string(row.count) << "\n";
    }
    return *this;
  }
  std::string take() {
    out_ << "# EOF\n";
    return out_.take();
  }

 private:
  void label_value(std::string_view text) {
    for (const char& c : text) {
      if (c == '"' || c == '\\') out_ << "\\";
      out_ << std::string_view(&c, 1);
    }
  }

  string_text out_;
  std::string_view name_;
};

}  // namespace detail

HANDSHIM_INLINE std::string counters::to_openmetrics() const {
  detail::openmetrics out;
  out.family("failures", "Failures raised or handed over.").sample(failures);
  out.family("failures_changed", "Failures that the default policy would have raised otherwise.").sample(changed);
  out.family("failures_would_differ", "Failures that the candidate policy would have raised otherwise.");
  out.sample(would_differ);
  out.family("faults", "Failures by what happened.").samples("fault", by_fault);
  out.family("kinds", "Failures by exception class; one of two classes counts for both.").samples("kind", by_kind);
  out.family("policies", "Failures by the policy that held.").samples("policy", by_policy);
  out.family("backends", "Failures by the client that reported them.").samples("backend", by_backend);
  out.family("faults_changed", "Failures that the default policy would have raised otherwise, by what happened.");
  out.samples("fault", changed_by_fault);
  out.family("faults_would_differ", "Failures that the candidate would have raised otherwise, by what happened.");
  out.samples("fault", would_differ_by_fault);
  out.family("candidates_would_differ", "Failures that a candidate would have raised otherwise, by the candidate.");
  out.samples("candidate", would_differ_by_candidate);
  return out.take();
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
