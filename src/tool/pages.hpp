// What `handshim explain` says of one thing: each function gives a page, whose first line is its title.
#pragma once

#include <string>

#include "handshim/failure.hpp"
#include "handshim/kind.hpp"
#include "handshim/policy.hpp"
#include "handshim/retry/rules.hpp"
#include "native_names.hpp"
#include "tables.hpp"
#include "terminal.hpp"

namespace handshim::tool {

/// A fault, with the phase, HTTP status and close code that the failure has beside it.
std::string page_of(const failure& f, const terminal& out);
std::string page_of(condition c, const terminal& out);
std::string page_of(phase p, const terminal& out);
std::string page_of(advice a, const terminal& out);
std::string page_of(const retry_rule& rule, const terminal& out);
std::string page_of(kind k, const terminal& out);
std::string page_of(const policy& p, const terminal& out);
std::string page_of(const policy_family& family, const terminal& out);
std::string page_of(const native_name& code, const terminal& out);
/// 1000 to 4999.
std::string page_of_close_code(int code, const terminal& out);
/// 100 to 999.
std::string page_of_status(int status, const terminal& out);

/// All rules of data/retry_rules.inc, as a table.
std::string rules_table(table_style style, const terminal& out);

}  // namespace handshim::tool
