// What `handshim policies --html` writes: the exception classes and the matrix of faults and policies as one page.
#pragma once

#include <string>

namespace handshim::tool {

/// A whole HTML document that loads nothing and is readable without its script. The same in each call.
std::string policies_page();

}  // namespace handshim::tool
