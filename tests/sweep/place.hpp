// Where in a conversation its bytes end: told by looking at the bytes alone, apart from what the clients think of them.
#pragma once

#include <string>
#include <string_view>

namespace sweep {

enum class place { before_status_line, in_status_line, in_headers, in_body, between_frames, in_message };

/// All that a server has sent, a well-formed response at the front. What is malformed has some place, too.
place place_of(std::string_view bytes);

/// The step and the fault of a connection that ends there: "connect eof_in_headers". A client that has sent its close
/// frame waits for the answer alone.
std::string end_of_stream_at(place where, std::string_view step, bool closing);
std::string reset_at(place where, std::string_view step);
std::string silence_at(place where, std::string_view step, bool closing);

}  // namespace sweep
