// Everything that a failure or an exception can be asked, as one text: to see that it is the same at another time.
#pragma once

#include <exception>
#include <sstream>
#include <string>
#include <system_error>

#include "handshim/exceptions.hpp"

namespace telling {

using namespace handshim;

std::string all_told(const std::exception_ptr& thrown);

inline std::string all_told(const std::error_code& code) {
  const std::error_condition same = code.default_error_condition();
  return code.message() + code.category().name() + std::to_string(code.value()) + same.category().name() +
         same.message();
}

inline std::string all_told(const evidence& known) {
  std::ostringstream out;
  out << known.backend << known.endpoint << known.detail << known.native_domain << known.native_value
      << known.native_text << known.http_status << known.http_reason << known.header << known.body
      << known.body_complete << known.bytes_in << ' ' << known.bytes_out << known.first_bytes
      << known.close_received.code << known.close_received.reason << known.close_sent.code << known.close_sent.reason
      << static_cast<int>(known.order) << known.elapsed.count() << ' ' << known.attempt << known.spent.count() << ' '
      << known.redirects;
  for (const header_view& line : known.headers) out << line.name << line.value;
  for (const attempt_view& one : known.attempts) out << one.address << all_told(one.error) << one.elapsed.count();
  for (const failure& before : known.earlier) out << before << before.to_json();
  return out.str();
}

inline std::string all_told(const failure& f) {
  std::ostringstream out;
  out << f << f.fingerprint() << name(f.fault()) << name(f.phase()) << name(f.condition())
      << static_cast<int>(advice_for(f)) << all_told(f.code()) << all_told(f.native_code()) << all_told(f.evidence());
  for (const disclosure shown : {disclosure::full, disclosure::no_headers, disclosure::opaque})
    out << f.describe(shown) << f.to_json(shown) << f.to_logfmt(shown);
  if (f.evidence().cause) out << all_told(f.evidence().cause);
  return out.str();
}

inline std::string all_told(const error& e) {
  std::ostringstream out;
  out << e.what() << e.describe() << all_told(e.failure()) << all_told(e.code()) << all_told(e.native_code())
      << name(e.fault()) << name(e.condition()) << name(e.phase()) << e.http_status() << e.close_code()
      << e.close_reason() << name(e.kind()) << e.is(kind::timeout_error) << e.is(condition::lost)
      << e.is(fault::handshake_failed) << (e.as<invalid_handshake>() != nullptr) << e.policy().name()
      << e.policy().spec() << e.policy().reading().max_line << name(e.policy().release_retries(e.failure()))
      << name(e.source());
  for (const kind k : e.kinds()) out << ' ' << name(k);
  for (const kind k : e.policy().kinds(e.failure())) out << ' ' << name(k);
  return out.str();
}

/// Of whatever was thrown: under native it is a client's own.
inline std::string all_told(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const error& e) {
    return all_told(e);
  } catch (const std::system_error& e) {
    return e.what() + all_told(e.code());
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "something";
  }
}

}  // namespace telling
