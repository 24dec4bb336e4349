#include "pages.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "handshim/impl/policy_rows.hpp"
#include "handshim/retry/advice.hpp"
#include "handshim/rfc6455/connection.hpp"
#include "tables.hpp"
#include "words.hpp"

namespace handshim::tool {
namespace {

constexpr std::size_t text_column = 16;

std::string title(std::string_view name, std::string_view what, const terminal& out) {
  return out.bold(name) + ": " + std::string(what) + "\n";
}

// "  label         text", or nothing for an empty text.
std::string line(std::string_view label, std::string_view text) {
  return text.empty() ? "" : labelled("  " + std::string(label), text_column, text);
}

std::string lead(std::string_view text) { return paragraph(sentence(text), 2) + "\n"; }
// A policy's description begins with a name that is spelt small.
std::string policy_lead(std::string_view text) { return paragraph(std::string(text) + ".", 2); }

std::string told(advice a) { return std::string(name(a)) + ": " + std::string(description(a)); }
std::string told(phase p) { return std::string(name(p)) + ": " + std::string(description(p)); }

// The policies of the story, and the newest release.
std::vector<policy> shown_policies() {
  std::vector<policy> out;
  for (const std::string_view spec : story_policies()) out.push_back(read_policy(spec));
  const policy_family& newest = *detail::find_family("websockets");
  out.insert(out.end() - 1, read_policy(std::string(newest.name) + "-" + std::string(newest.newest)));
  return out;
}

bool is_evident(const failure& f) {
  return f.evidence().http_status != 0 || f.evidence().close_received || f.phase() != facts(f.fault()).when;
}

std::string raised_table(const failure& f, const terminal& out) {
  const bool one = is_evident(f);
  std::vector<std::vector<std::string>> all;
  bool loops = false;
  for (const policy& p : shown_policies()) {
    const std::string loop = one ? std::string(loop_text(p.release_retries(f))) : loop_text(f.fault(), p);
    loops = loops || loop != loop_text(verdict::no_loop);
    all.push_back({std::string(p.name()), one ? kinds_text(f, p) : kinds_text(f.fault(), p), loop});
  }
  std::vector<table_column> columns{{"policy"}, {"raises"}};
  if (loops) columns.push_back({"that release's retry loop"});
  table rows(std::move(columns));
  for (const auto& row : all) rows.add(row);
  return "\n" + rows.text(table_style::plain, out, 2);
}

// The word of the table where neither status nor close code is known.
advice advice_of(const failure& f) {
  const bool known = f.evidence().http_status != 0 || f.evidence().close_received;
  return known ? advice_for(f) : facts(f.fault()).retry;
}

// Of a fault that the status or the close code decides on there is none until that is known.
const retry_rule* rule_of(const failure& f) {
  const bool undecided = facts(f.fault()).retry == advice::by_status || facts(f.fault()).retry == advice::by_close_code;
  const bool known = f.evidence().http_status != 0 || f.evidence().close_received;
  return undecided && !known ? nullptr : advise(f).rule;
}

std::string advice_lines(const failure& f) {
  const retry_rule* rule = rule_of(f);
  std::string text = line("advice", told(advice_of(f)));
  if (rule == nullptr) return text;
  text += line("by rule", std::string(rule->name) + ": " + std::string(rule->reason));
  return text +
         (rule->where == retry_where::other ? line("where", "another address of the service, if there is one") : "");
}

// "HTTP 400 to 499", "close code 1013", "fault host_not_found"; of the last rule of its subject "any other ...".
std::string looks_at(const retry_rule& rule) {
  if (rule.subject == rule_subject::fault) return "fault " + std::string(name(rule.fault));
  if (rule.subject == rule_subject::header) return "header Retry-After";
  const std::string what = rule.subject == rule_subject::status ? "HTTP status" : "close code";
  if (rule.first == 0) return "any other " + what;
  const std::string first = std::to_string(rule.first);
  return what + " " + first + (rule.first == rule.last ? "" : " to " + std::to_string(rule.last));
}

// Statuses and close codes that get the word, from the rules.
std::string numbers_with(advice a) {
  std::vector<std::string> out;
  for (const retry_rule& rule : all_retry_rules())
    if (rule.subject != rule_subject::fault && rule.what == a) out.push_back(looks_at(rule));
  return joined(out);
}

std::string conditions_of(fault f) {
  std::vector<std::string> names{std::string(name(facts(f).main))};
  for (int i = 1; i <= static_cast<int>(condition::closed_ok); ++i) {
    const auto c = static_cast<condition>(i);
    if (c != facts(f).main && holds(f, c)) names.emplace_back(name(c));
  }
  return joined(names);
}

// The coarser faults, the nearest first.
std::string parents_of(fault f) {
  std::vector<std::string> names;
  for (; facts(f).parent != f; f = facts(f).parent) names.emplace_back(name(facts(f).parent));
  return joined(names);
}

std::string parts_of(fault f) {
  std::vector<std::string> names;
  for (const fault_facts& row : all_faults())
    if (row.parent == f && row.id != f) names.emplace_back(row.name);
  return joined(names);
}

std::string bases_of(kind k) {
  std::vector<std::string> names;
  for (; k != kind::error; k = facts(k).base) names.emplace_back(name(facts(k).base));
  return joined(names);
}

std::string derived_of(kind k) {
  std::vector<std::string> names;
  for (const kind_facts& row : all_kinds())
    if (row.id != k && is_a(row.id, k)) names.emplace_back(row.name);
  return joined(names);
}

// The faults of which something holds, and what the star means if one is there.
std::string fault_list(const std::function<bool(fault)>& wanted) {
  const std::string names = joined(fault_names(wanted));
  return names.find('*') == std::string::npos ? names : names + " (" + std::string(star_means) + ")";
}

// Under each policy, the faults of which something holds.
std::string fault_lists(const std::function<bool(fault, const policy&)>& wanted) {
  constexpr std::size_t column = 27;
  std::string out;
  for (const policy& p : shown_policies()) {
    const std::string names = joined(fault_names([&](fault f) { return wanted(f, p); }));
    out += labelled("  " + std::string(p.name()), column, names.empty() ? "nothing" : names);
  }
  return out;
}

bool is_raised_as(fault f, kind k, const policy& p) {
  const kind_list kinds = p.kinds(failure(f));
  return std::find(kinds.begin(), kinds.end(), k) != kinds.end();
}

// How the connection ends when a peer closes it with that code: 1005 stands for a close frame without a code, 1006 for
// none at all.
failure closed_by(int code) {
  rfc6455::connection open(reading(), 1);
  const std::string number{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  if (code == 1006)
    open.receive_end(rfc6455::ending::eof);
  else
    open.receive(code == 1005 ? std::string{'\x88', '\0'} : "\x88\x02" + number);
  evidence known;
  if (open.received()) known.close_received.code = open.received()->code;
  return failure(open.outcome(), known);
}

std::string range_meaning(int code) {
  for (const rfc6455::close_code_facts& row : rfc6455::all_close_codes())
    if (row.code == code) return std::string(row.meaning);
  if (code >= 5000) return "out of the range of close codes; may not be sent (RFC 6455, section 7.4.2)";
  if (code >= 4000) return "for private use: the two sides of the application agree on its meaning";
  if (code >= 3000) return "for libraries and applications, which register their codes with IANA";
  return "not assigned; may not be sent (RFC 6455, section 7.4.2)";
}

// The phases, which a native code's fault depends on, with the same fault put together.
std::string native_table(const native_name& code, const terminal& out) {
  constexpr phase phases[] = {phase::unknown,   phase::resolve, phase::connect, phase::tls,
                              phase::handshake, phase::open,    phase::closing};
  std::vector<std::pair<fault, std::vector<std::string>>> groups;
  for (const phase p : phases) {
    const fault f = fault_in(code, p);
    const auto same = std::find_if(groups.begin(), groups.end(), [f](const auto& group) { return group.first == f; });
    const std::string when(p == phase::unknown ? "(not told)" : name(p));
    if (same == groups.end())
      groups.push_back({f, {when}});
    else
      same->second.push_back(when);
  }
  table rows({{"phase"}, {"fault"}, {"unified-1 raises"}});
  for (const auto& [f, when] : groups) rows.add({joined(when), std::string(name(f)), kinds_text(f, policy())});
  return rows.text(table_style::plain, out, 2);
}

// The policy at which the family last changed, up to the version.
std::string epoch_of(const detail::base_spec& spec) {
  std::string out;
  for (const family_policies& one : all_families())
    for (const std::string& name : one.names)
      if (one.family == spec.family && !(spec.at < detail::to_version(version_text(name)))) out = name;
  return out;
}

std::string readings_of(const policy& p) {
  std::vector<std::string> out;
  const auto defaults = reading_fields(reading()), own = reading_fields(p.reading());
  for (std::size_t i = 0; i < own.size(); ++i)
    if (own[i].value != defaults[i].value) out.push_back(std::string(own[i].name) + "=" + own[i].value);
  return out.empty() ? "with the defaults of options::reading" : joined(out);
}

std::string loop_and_readings(const policy& p) {
  return line("own loop", has_loop(p) ? "it has a reconnect loop" : "it has no reconnect loop") +
         line("reads", readings_of(p));
}

std::string page_of_bridge(const policy& p, const terminal& out) {
  const std::string spec(p.name());
  std::string text = title(spec, "bridge of two policies", out);
  text += paragraph("What it raises is caught by code that was written for either.", 2) + "\n";
  text += line("kind()", "the second's, or a finer one of the first's");
  text += line("clauses", "the first that fits runs, as ever: under a bridge an earlier one may fit");
  text += loop_and_readings(p) + line("", "both as the second does") + "\n";
  return text + paragraph("handshim policies '" + spec + "' prints what it raises for each fault.", 2);
}

}  // namespace

std::string page_of(const failure& f, const terminal& out) {
  const fault_facts& row = facts(f.fault());
  const int status = f.evidence().http_status, code = f.evidence().close_received.code;
  std::string text = title(row.name, "fault " + std::to_string(static_cast<int>(row.id)), out) + lead(row.description);
  text += line("when", told(f.phase()));
  if (status != 0) text += line("status", std::to_string(status));
  if (code != 0) text += line("close code", std::to_string(code) + ": " + range_meaning(code));
  text += line("conditions", conditions_of(row.id)) + line("part of", parents_of(row.id));
  text += line("parts", parts_of(row.id)) + line("fingerprint", f.fingerprint());
  return text + advice_lines(f) + line("what to do", row.hint) + raised_table(f, out);
}

std::string page_of(condition c, const terminal& out) {
  std::string text = title(name(c), "condition", out) + lead(description(c));
  text += line("test", "e.code() == handshim::condition::" + std::string(name(c)));
  text += line("holds for", fault_list([c](fault f) { return holds(f, c); }));
  std::vector<std::string> kinds;
  for (const fault_facts& row : all_faults()) {
    const std::string raised = kinds_text(row.id, policy());
    if (holds(row.id, c) && std::find(kinds.begin(), kinds.end(), raised) == kinds.end()) kinds.push_back(raised);
  }
  return text + line("raised as", joined(kinds) + ", by unified-1");
}

std::string page_of(phase p, const terminal& out) {
  return title(name(p), "phase", out) + lead(description(p)) +
         line("faults", fault_list([p](fault f) { return facts(f).when == p; }));
}

std::string page_of(advice a, const terminal& out) {
  return title(name(a), "advice", out) + lead(description(a)) +
         line("given for", fault_list([a](fault f) { return facts(f).retry == a; })) +
         line("given for", numbers_with(a));
}

std::string page_of(const retry_rule& rule, const terminal& out) {
  std::string text = title(rule.name, "rule for trying again", out) + lead(rule.reason);
  text += line("looks at", looks_at(rule)) + line("advice", told(rule.what));
  return text + line("where", rule.where == retry_where::other ? "another address of the service, if there is one"
                                                               : "the same address");
}

std::string rules_table(table_style style, const terminal& out) {
  table rows({{"rule", true}, {"looks at"}, {"advice", true}, {"where"}, {"because"}});
  for (const retry_rule& rule : all_retry_rules())
    rows.add({std::string(rule.name), looks_at(rule), std::string(name(rule.what)), std::string(name(rule.where)),
              std::string(rule.reason)});
  return rows.text(style, out, style == table_style::plain ? 2 : 0);
}

std::string page_of(kind k, const terminal& out) {
  std::string text = title(name(k), "exception class", out) + lead(facts(k).description);
  text += line("handler", "catch (const handshim::" + std::string(name(k)) + "& e)");
  text += line("derives from", k == kind::error ? "std::system_error" : bases_of(k) + ", std::system_error");
  text += line("base of", derived_of(k));
  text += line("what to do", "it depends on the fault: e.describe() says it, and so does handshim explain with what()");
  const std::string lists = fault_lists([k](fault f, const policy& p) { return is_raised_as(f, k, p); });
  return text + "\n  " + out.bold("RAISED FOR") + ", not counting what derives from it; " + std::string(star_means) +
         "\n" + lists;
}

std::string page_of(const policy& p, const terminal& out) {
  const std::string spec(p.name());
  if (detail::starts_with(spec, "bridge(")) return page_of_bridge(p, out);
  const detail::base_spec base = detail::parse_base(std::string_view(spec).substr(0, spec.find(',')));
  std::string text = title(spec, "policy", out) + policy_lead(base.family->description);
  if (p.is_native()) return text;
  text += "\n";
  const std::string epoch = epoch_of(base), overrides = spec.substr(std::min(spec.find(','), spec.size()));
  if (!overrides.empty()) text += line("overrides", overrides.substr(1));
  if (epoch != spec) text += line("behaves as", epoch + (overrides.empty() ? "" : ", but for the overrides"));
  return text + loop_and_readings(p) + "\n" +
         paragraph("handshim policies " + spec + " prints what it raises for each fault.", 2);
}

std::string page_of(const policy_family& family, const terminal& out) {
  std::string text = title(family.name, "family of policies", out) + policy_lead(family.description) + "\n";
  text += line("versions", range_text(family));
  for (const family_policies& one : all_families())
    if (one.family == &family && one.names.size() > 1) text += line("changes at", joined(one.names));
  return text;
}

std::string page_of(const native_name& code, const terminal& out) {
  const std::string shown = code.domain + ":" + std::to_string(code.value);
  const std::string message = message_of(code);
  std::string text = title(shown, "native code" + (code.symbol.empty() ? "" : ", " + code.symbol), out);
  if (!message.empty()) text += lead(message);
  text += native_table(code, out) + "\n";
  const fault f = fault_in(code, phase::unknown);
  return text + line("what to do", facts(f).hint) + line("more", "handshim explain " + std::string(name(f)));
}

std::string page_of_close_code(int code, const terminal& out) {
  const failure f = closed_by(code);
  std::string text = title(std::to_string(code), "close code, " + std::string(rfc6455::name_of(code)), out);
  text += lead(range_meaning(code));
  text += line("may be sent", rfc6455::may_be_sent(code) ? "yes" : "no");
  text += line("comes as", std::string(name(f.fault())) + ": " + std::string(facts(f.fault()).description));
  text += advice_lines(f) + line("what to do", facts(f.fault()).hint);
  return text + raised_table(f, out);
}

std::string page_of_status(int status, const terminal& out) {
  evidence known;
  known.http_status = status;
  const failure f(fault::upgrade_rejected, known);
  std::string text = title(std::to_string(status), "HTTP status of a response to the upgrade", out);
  if (status == 101) return text + paragraph("The server accepts: this is what a client waits for.", 2);
  text += lead(facts(f.fault()).description) + line("fault", name(f.fault())) + advice_lines(f);
  return text + line("what to do", facts(f.fault()).hint) + raised_table(f, out);
}

}  // namespace handshim::tool
