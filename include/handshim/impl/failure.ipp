#pragma once

#include <atomic>
#include <new>

#include "handshim/failure.hpp"
#include "handshim/impl/evidence_limits.hpp"
#include "handshim/impl/fault_rows.hpp"
#include "handshim/impl/immortal.hpp"
#include "handshim/impl/redact.hpp"
#include "handshim/impl/retry_after.hpp"
#include "handshim/impl/text.hpp"
#include "handshim/retry/rules.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {
namespace detail {

// One block: this header, then the two lists, then all texts, each view pointing into it.
struct evidence_block {
  mutable std::atomic<std::uint32_t> owners{1};
  fault about;
  phase when;
  mutable std::atomic<const char*> what{nullptr};  // a block of its own, made when it is first asked for
  evidence known;

  evidence_block(fault f, phase p, const evidence& e) noexcept : about(f), when(p), known(e) {}
  evidence_block(const evidence_block&) = delete;
  evidence_block& operator=(const evidence_block&) = delete;
  ~evidence_block() {
    ::operator delete(const_cast<char*>(what.load(std::memory_order_acquire)));
    for (std::size_t i = known.earlier.size(); i > 0; --i) known.earlier[i - 1].~failure();
  }
};

inline std::size_t capped(std::size_t n, std::size_t limit) noexcept { return n < limit ? n : limit; }

// The fields of an evidence that are texts, with how much of each is kept.
struct text_field {
  std::string_view evidence::*member;
  std::size_t limit;
};
inline constexpr text_field text_fields[] = {
    {&evidence::backend, max_backend}, {&evidence::http_reason, max_http_reason}, {&evidence::header, max_header},
    {&evidence::body, max_body},       {&evidence::first_bytes, max_first_bytes},
};

using what_buffer = text_buffer<1024>;
using endpoint_buffer = text_buffer<max_endpoint>;

inline void write_endpoint(text_writer& out, fault f, std::string_view endpoint) noexcept {
  if (endpoint.empty()) return;
  const public_endpoint shown = without_secrets(endpoint, !is_a(f, fault::uri_invalid));
  // An endpoint may come out of another failure, escaped already.
  append_escaped(out, shown.before, no_limit, false);
  append_escaped(out, shown.after, no_limit, false);
  out << shown.query;
}

inline void write_native(text_writer& out, fault f, const evidence& known) noexcept {
  const bool said = known.native_text.empty() || known.native_text == line_of(f).description;
  if (known.native_domain.empty() && said) return;
  out << "; native";
  if (!known.native_domain.empty()) append_shown(out << " ", known.native_domain, 64);
  if (known.native_value != 0)
    out << (known.native_domain.empty() ? " " : ":") << static_cast<long long>(known.native_value);
  if (!said) append_shown(out << " ", known.native_text, 160);
}

inline void write_close(text_writer& out, const evidence& known) noexcept {
  const close_view& frame = known.close_received ? known.close_received : known.close_sent;
  if (!frame) return;
  out << (known.close_received ? "; received " : "; sent ") << static_cast<long long>(frame.code);
  if (frame.reason.empty()) return;
  out << " ";
  append_shown(out, frame.reason);
}

// [endpoint: ]phase: description[: status][: detail][; close][; native] [name]
inline void write_what(text_writer& out, fault f, phase p, std::string_view endpoint, const evidence& known) noexcept {
  if (!endpoint.empty()) out << endpoint << ": ";
  if (p != phase::unknown) out << name(p) << ": ";
  out << line_of(f).description;
  if (known.http_status != 0) {
    out << ": " << static_cast<long long>(known.http_status) << (known.http_reason.empty() ? "" : " ");
    append_shown(out, known.http_reason);
  }
  if (!known.header.empty() && known.detail.empty()) {
    out << ": ";
    append_shown(out, known.header);
  }
  if (!known.detail.empty()) {
    out << ": ";
    append_shown(out, known.detail);
  }
  if (holds(f, condition::closed) || holds(f, condition::lost)) write_close(out, known);
  write_native(out, f, known);
  text_buffer<64> last;
  last << " [" << name(f) << "]";
  out.end_with(last.view());
}

// Lays texts and lists down one behind the other in a block that is large enough for them.
class packer {
 public:
  explicit packer(char* at) noexcept : at_(at) {}

  [[gnu::noinline]] std::string_view text(std::string_view source, std::size_t limit) noexcept {
    const std::string_view kept = source.substr(0, limit);
    if (!kept.empty()) std::memcpy(at_, kept.data(), kept.size());
    const std::string_view stored(at_, kept.size());
    at_ += kept.size();
    return stored;
  }

  template <class T>
  T* list(std::size_t count) noexcept {
    T* first = reinterpret_cast<T*>(at_);
    for (std::size_t i = 0; i < count; ++i) ::new (static_cast<void*>(first + i)) T();
    at_ += count * sizeof(T);
    return first;
  }

 private:
  char* at_;
};

// The texts of an evidence that are kept in other words: without secrets, and the domain also where only the code
// tells it.
struct own_texts {
  std::string_view endpoint, detail, native_text, native_domain;
};

inline std::size_t packed_size(const evidence& e, const own_texts& own) noexcept {
  std::size_t total = sizeof(evidence_block) + own.endpoint.size() + own.detail.size() + own.native_text.size();
  total += capped(own.native_domain.size(), max_native_domain);
  for (const text_field& field : text_fields) total += capped((e.*field.member).size(), field.limit);
  total += capped(e.close_received.reason.size(), max_reason) + capped(e.close_sent.reason.size(), max_reason);
  for (std::size_t i = 0; i < capped(e.headers.size(), max_headers_kept); ++i)
    total += sizeof(header_view) + capped(e.headers[i].name.size(), max_header_text) +
             capped(e.headers[i].value.size(), max_header_text);
  for (std::size_t i = 0; i < capped(e.attempts.size(), max_attempts_kept); ++i)
    total += sizeof(attempt_view) + capped(e.attempts[i].address.size(), max_address);
  return total + capped(e.earlier.size(), max_earlier_kept) * sizeof(failure);
}

[[gnu::cold]] inline failure without_earlier(const failure& f) noexcept {
  if (f.evidence().earlier.empty()) return f;
  evidence known = f.evidence();
  known.earlier = {};
  return f.with(known);
}

// The first one and the newest: how it began, and how it went on to the end.
inline void pack_earlier(packer& out, evidence& kept, const evidence& e) noexcept {
  const std::size_t count = capped(e.earlier.size(), max_earlier_kept), left_out = e.earlier.size() - count;
  auto* earlier = out.list<failure>(count);
  for (std::size_t i = 0; i < count; ++i) earlier[i] = without_earlier(e.earlier[i == 0 ? 0 : i + left_out]);
  kept.earlier = {earlier, count};
}

// Whether what is left of a long name tells that the value is a secret, if it is one: else the value is left out.
[[gnu::cold]] inline bool cut_name_tells(std::string_view name) noexcept {
  return is_secret_header(name.substr(0, max_header_text)) || !is_secret_header(name);
}

inline void pack_lists(packer& out, evidence& kept, const evidence& e) noexcept {
  const std::size_t headers = capped(e.headers.size(), max_headers_kept);
  const std::size_t attempts = capped(e.attempts.size(), max_attempts_kept);
  auto* header = out.list<header_view>(headers);
  auto* attempt = out.list<attempt_view>(attempts);
  for (std::size_t i = 0; i < headers; ++i) {
    const auto [name, value] = e.headers[i];
    header[i].name = out.text(name, max_header_text);
    const bool told = name.size() <= max_header_text || cut_name_tells(name);
    header[i].value = out.text(told ? value : std::string_view(), max_header_text);
  }
  for (std::size_t i = 0; i < attempts; ++i)
    attempt[i] = {out.text(e.attempts[i].address, max_address), e.attempts[i].error, e.attempts[i].elapsed};
  kept.headers = {header, headers};
  kept.attempts = {attempt, attempts};
}

static_assert(alignof(header_view) <= alignof(evidence_block) && alignof(attempt_view) <= alignof(evidence_block) &&
              alignof(failure) <= alignof(evidence_block) && sizeof(evidence_block) % alignof(failure) == 0 &&
              sizeof(failure) % alignof(header_view) == 0 && sizeof(header_view) % alignof(attempt_view) == 0);

// Null if there is no memory for it.
inline evidence_block* pack_public(fault f, phase p, const evidence& e, const own_texts& own) noexcept {
  void* memory = ::operator new(packed_size(e, own), std::nothrow);
  if (memory == nullptr) return nullptr;
  auto* block = ::new (memory) evidence_block(f, p, e);
  packer out(static_cast<char*>(memory) + sizeof(evidence_block));
  pack_earlier(out, block->known, e);
  pack_lists(out, block->known, e);
  for (const text_field& field : text_fields) block->known.*field.member = out.text(e.*field.member, field.limit);
  block->known.endpoint = out.text(own.endpoint, max_endpoint);
  block->known.detail = out.text(own.detail, max_detail);
  block->known.native_text = out.text(own.native_text, max_native_text);
  block->known.native_domain = out.text(own.native_domain, max_native_domain);
  block->known.close_received.reason = out.text(e.close_received.reason, max_reason);
  block->known.close_sent.reason = out.text(e.close_sent.reason, max_reason);
  return block;
}

inline evidence_block* pack(fault f, phase p, const evidence& e, const std::error_code& native) noexcept {
  endpoint_buffer endpoint;
  write_endpoint(endpoint, f, e.endpoint);
  text_buffer<max_detail> detail;
  append_public(detail, e.detail);
  text_buffer<max_native_text> native_text;
  append_public(native_text, e.native_text);
  const bool named = !native || !e.native_domain.empty();
  const std::string_view domain = named ? e.native_domain : std::string_view(native.category().name());
  evidence_block* block = pack_public(f, p, e, {endpoint.view(), detail.view(), native_text.view(), domain});
  if (block != nullptr && native) block->known.native_value = native.value();
  return block;
}

HANDSHIM_INLINE void retain(const evidence_block* block) noexcept {
  block->owners.fetch_add(1, std::memory_order_relaxed);
}

HANDSHIM_INLINE void release(const evidence_block* block) noexcept {
  if (block->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  block->~evidence_block();
  ::operator delete(const_cast<evidence_block*>(block));
}

HANDSHIM_INLINE const evidence& evidence_in(const evidence_block* block) noexcept {
  return block ? block->known : immortal<handshim::evidence>();
}

// Null if there is no memory for it.
inline const char* copy_of(std::string_view text) noexcept {
  char* copy = static_cast<char*>(::operator new(text.size() + 1, std::nothrow));
  if (copy == nullptr) return nullptr;
  std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  return copy;
}

HANDSHIM_INLINE const char* what_in(const evidence_block* block) noexcept {
  if (const char* ready = block->what.load(std::memory_order_acquire)) return ready;
  what_buffer line;
  write_what(line, block->about, block->when, block->known.endpoint, block->known);
  const char* const fresh = copy_of(line.view());
  const char* winner = nullptr;
  if (fresh == nullptr || block->what.compare_exchange_strong(winner, fresh, std::memory_order_acq_rel)) return fresh;
  ::operator delete(const_cast<char*>(fresh));
  return winner;
}

}  // namespace detail

HANDSHIM_INLINE failure::failure(handshim::fault f, std::error_code native, handshim::phase p) noexcept
    : native_(native), fault_(f), phase_(p == handshim::phase::unknown ? detail::row_of(f).when : p) {}

HANDSHIM_INLINE condition failure::condition() const noexcept { return detail::row_of(fault_).main; }

HANDSHIM_INLINE failure::failure(handshim::fault f, const handshim::evidence& known, std::error_code native,
                                 handshim::phase p) noexcept
    : failure(f, native, p) {
  block_ = detail::pack(f, phase_, known, native);
}

HANDSHIM_INLINE failure failure::with(const handshim::evidence& known) const noexcept {
  failure out(fault_, known, native_, phase_);
  out.observed_ = observed_;
  return out;
}

namespace detail {

// The failure with that cause, unless it has one. Nobody else can see the block of an only owner.
HANDSHIM_INLINE failure caused_by(failure f, const std::exception_ptr& cause) noexcept {
  if (f.evidence().cause) return f;
  if (f.block_ && f.block_->owners.load(std::memory_order_acquire) == 1) {
    const_cast<evidence_block*>(f.block_)->known.cause = cause;
    return f;
  }
  evidence known = f.evidence();
  known.cause = cause;
  return f.with(known);
}

// The first Retry-After header that can be read; invalid if there is none.
inline retry_after retry_after_in(const evidence& known) noexcept {
  for (const header_view& header : known.headers) {
    if (header.name.size() != 11 || !contains_lower(header.name, "retry-after")) continue;
    const retry_after value = read_retry_after(header.value);
    if (value.as != retry_after::form::invalid) return value;
  }
  return {};
}

inline const retry_rule& rule_of(const failure& f) noexcept {
  const evidence& known = f.evidence();
  const bool timed = retry_after_in(known).as != retry_after::form::invalid;
  return rule_for(f.fault(), known.http_status, known.close_received.code, timed);
}

}  // namespace detail

HANDSHIM_INLINE advice advice_for(const failure& f) noexcept {
  if (!f) return advice::never;
  const retry_rule& rule = detail::rule_of(f);
  return rule.subject == rule_subject::fault ? detail::row_of(f.fault()).retry : rule.what;
}

}  // namespace HANDSHIM_ABI
}  // namespace handshim
