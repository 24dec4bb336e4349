// A category as a client library has one, here under any name.
#pragma once

#include <string>
#include <system_error>

class named_category : public std::error_category {
 public:
  explicit named_category(const char* name) : name_(name) {}
  const char* name() const noexcept override { return name_; }
  std::string message(int) const override { return "its own words"; }

 private:
  const char* name_;
};
