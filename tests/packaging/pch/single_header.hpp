// Compiled once for all the tests that are built with the single header.
#include <doctest/doctest.h>

#include "handshim.hpp"
