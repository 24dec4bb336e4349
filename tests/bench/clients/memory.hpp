// How much memory a client has needed at its peak: in a child process that does nothing else.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "../echo_server.hpp"

namespace bench {

/// KiB at the peak of a process that calls fn, over those of one that does not.
template <class F>
long peak_of(F fn) {
  const auto of_child = [](auto work) {
    const pid_t child = ::fork();
    if (child == 0) {
      work();
      ::_exit(0);
    }
    rusage used{};
    int status = 0;
    ::wait4(child, &status, 0, &used);
    return status == 0 ? used.ru_maxrss : -1;
  };
  return of_child(fn) - of_child([] {});
}

template <class Client>
std::string peak_line(const std::string& name) {
  const auto port = server().port();
  const long one = peak_of([port] {
    Client of(port, "/echo");
    const std::string data(std::size_t{1} << 20, 'x');
    for (int i = 0; i < 4; ++i) of.echo(data, 1);
  });
  const long many = peak_of([port] {
    std::vector<std::unique_ptr<Client>> all;
    for (int i = 0; i < 200; ++i) all.push_back(std::make_unique<Client>(port, "/echo"));
    for (const auto& of : all) of->echo("hello", 1);
  });
  return "memory\techo of 1 MiB\t" + name + "\t" + std::to_string(one) + "\nmemory\t200 connections\t" + name + "\t" +
         std::to_string(many);
}

}  // namespace bench
