// A message, as every client of handshim receives it.
#pragma once

#include "handshim/rfc6455/connection.hpp"

namespace handshim {
inline namespace HANDSHIM_ABI {

/// text: whether it is a text message, whose data is then valid UTF-8; data: any bytes. Since 0.1.
using message = rfc6455::message;
using rfc6455::opcode;

}  // namespace HANDSHIM_ABI
}  // namespace handshim
