"""Further hints of the stage protocol."""

from grader.hints.further import Further

CREATE, PARSE_LENGTH, DECODE = "create_msg", "parse_length", "decode_payload"
EXACTLY, GET, FEED = "receive_exactly", "get_msg", "MessageBuffer.feed"
NEXT, SPLIT, NAME = "MessageBuffer.next_message", "parse_message", "is_valid_name"

FURTHER = {
    "protocol_can_be_imported": Further(
        "",
        "Look at the lines outside all functions of chat_protocol.py: Python runs them when "
        "the file is imported. Compare the constants with the handout.",
        "PORT is 5555, the length field has 4 bytes, a message at the most 1024, a backlog at"
        " the most 1024 times 1024. Those four names stay at the top, and nothing there "
        "prints or raises.",
    ),
    "message_is_framed": Further(
        CREATE,
        "Three steps: make bytes of the text, count them, put the count before them as four "
        "digits.",
        "A number becomes text, is padded with zeros on its left until it has four digits, "
        "and is encoded like the payload. Then the two pieces of bytes are added. str.zfill "
        "pads.",
    ),
    "length_counts_bytes": Further(
        CREATE,
        "Find the call of len. What is in the variable that it is given: text, or bytes?",
        "Encode the text first and keep the result. Both the count and the payload come from "
        "those bytes; the length of the text itself is never asked for.",
    ),
    "overlong_message_is_refused": Further(
        CREATE,
        "Between encoding and counting there must be a comparison. With what, and is the "
        "maximum itself still allowed?",
        "If the number of bytes is greater than MAX_MSG_LENGTH, raise ValueError. 1024 "
        "passes, 1025 does not, and 513 times é is 1026 bytes.",
    ),
    "command_is_split_off": Further(
        SPLIT,
        "Two things must come back, always, also for a text without any space. What is the "
        "second thing then?",
        "str.partition with one space gives three parts: before, the space, after. The first "
        "and the third are what is asked for, and the third is empty by itself where there is"
        " no space.",
    ),
    "spaces_are_kept_by_the_split": Further(
        SPLIT,
        "Does your function call split without an argument, or strip? Both throw spaces away.",
        "Cut at the first space and nowhere else. The rest may begin with a space, end with "
        "one, and hold tabs and line ends: all of that is returned as it came.",
    ),
    "valid_names_are_told": Further(
        NAME,
        "Take one of the names that you refused and follow it through your conditions. Which "
        "one says no?",
        "Three conditions, joined by and: the length is from 1 to 16, all characters are "
        "letters or digits, the first one is a letter. Upper case and digits inside are fine.",
    ),
    "invalid_names_are_told": Further(
        NAME,
        "The empty name has no first character. And é, ² and the digits of other scripts pass"
        " isalpha or isalnum: which method of str tells whether a character is ASCII?",
        "Look at the length first, so that an empty name never reaches the question for its "
        "first character. Then ask isascii as well as isalnum, and isalpha of the first "
        "character.",
    ),
    "message_is_received": Further(
        GET,
        "Two reads: first the length field, then as many bytes as it says. receive_exactly "
        "does the reading, parse_length and decode_payload do the rest.",
        "Read four bytes, make a number of them, read that many bytes, make a text of them "
        "and return it. Nothing is stripped or changed on the way.",
    ),
    "message_is_received_in_pieces": Further(
        EXACTLY,
        "One recv is not enough: it returns what has arrived. What must be repeated, and "
        "until when?",
        "Keep what has come, and call recv in a loop until as many bytes are there as were "
        "asked for. Both the length field and the payload are read in this way.",
    ),
    "every_size_is_received": Further(
        GET,
        "For a payload of 0 bytes, does your code call recv, or take the empty bytes for the "
        "end? For 1024, does it ask for less?",
        "The loop runs while fewer bytes are there than are wanted. For 0 it does not run at "
        "all, and the message is the empty text. No number such as 1000 stands anywhere in "
        "it.",
    ),
    "every_language_is_received": Further(
        GET,
        "Where is the text made from the bytes: in the loop, piece by piece, or after it?",
        "Collect bytes until as many are there as the length field said, and decode all of "
        "them at once. The length field counts bytes, so compare it with the number of bytes.",
    ),
    "next_message_is_left_alone": Further(
        EXACTLY,
        "Look at the number that you give to recv in the loop. Does it get smaller when some "
        "of the bytes are there?",
        "What is asked for is the count minus what is there already, every time. A fixed "
        "number would read on into the next message, and get_msg has nowhere to keep that.",
    ),
    "end_between_messages_is_none": Further(
        GET,
        "If the very first recv returns b'', no message has begun. What does get_msg return "
        "then? And an empty message is something else.",
        "Look at the bytes of the length field before anything else: if there is not one, "
        "return None. A length field that says 0 leads to the empty text, not to None.",
    ),
    "end_inside_a_message_is_an_error": Further(
        GET,
        "After each of the two reads, compare how many bytes came with how many were asked for.",
        "One to three bytes of a length field, or a payload that is too short, means that the"
        " stream ended inside a message: raise ProtocolError. And the loop that reads must "
        "end at b'', or it never returns.",
    ),
    "bad_length_field_is_refused": Further(
        PARSE_LENGTH,
        "int() takes a sign, spaces and underscores for parts of a number. Which method of "
        "bytes is true for the ten digits and for nothing else?",
        "Ask isdigit of the bytes themselves, not of a text made from them, where digits of "
        "other scripts would count. If it says no, raise ProtocolError; only then call int.",
    ),
    "overlong_length_is_refused": Further(
        PARSE_LENGTH,
        "The number is known. With which constant must it be compared before anybody waits "
        "for the payload?",
        "If the length is greater than MAX_MSG_LENGTH, raise ProtocolError, and read nothing "
        "of the payload. 1024 itself is allowed.",
    ),
    "bad_utf8_is_refused": Further(
        DECODE,
        "Python's own exception for this is a kind of ValueError. Who catches it now?",
        "Decode inside a try, catch UnicodeDecodeError, and raise ProtocolError in its place."
        " Decode strictly: an argument such as errors='replace' would hide the fault.",
    ),
    "buffer_returns_messages": Further(
        NEXT,
        "Two questions before a message can be returned: are the four bytes there, and are as"
        " many bytes behind them as they say?",
        "If one of the answers is no, return None and change nothing. If both are yes, take "
        "the payload, remove the whole frame from what is kept, and return the text.",
    ),
    "buffer_waits_for_the_rest": Further(
        FEED,
        "What does the second call of feed do with what the first one left?",
        "feed adds the new bytes at the end of those that are kept; it never replaces them. "
        "And next_message removes bytes only when a whole message is there.",
    ),
    "buffer_separates_glued_messages": Further(
        NEXT,
        "After a message was returned, print what the buffer still holds. Is the next message"
        " in it, whole, and nothing else?",
        "Remove exactly four bytes plus the length from the front. What stands behind stays "
        "for the next call, even if it is only a part of a message.",
    ),
    "buffer_returns_the_empty_message": Further(
        NEXT,
        "Where does your code ask whether a text or a number of bytes is true? The empty text"
        " and 0 are both false.",
        "Compare numbers of bytes, and compare with None where None is meant. A length field "
        "of 0000 is a whole frame; it is removed, and the empty text is returned.",
    ),
    "buffer_keeps_characters_whole": Further(
        NEXT,
        "What type has the thing that your class keeps: bytes, or str? In which method is "
        "decode called?",
        "Keep bytes or a bytearray. Call decode_payload once for each message, in "
        "next_message, on the whole payload. feed decodes nothing.",
    ),
    "buffers_are_independent": Further(
        FEED,
        "Is what is kept assigned in the body of the class, or is it a default value of an "
        "argument? All objects would share it.",
        "Make it in __init__, as an attribute of self, new for each object. That line is "
        "given in the skeleton; use it.",
    ),
    "buffer_refuses_malformed_input": Further(
        NEXT,
        "Is parse_length called as soon as four bytes are there, also if nothing has come "
        "after them? And is it called only for the message at the front?",
        "next_message looks at the first frame only: length field, payload, text, each "
        "refused by ProtocolError when it is its turn. feed refuses nothing, so that the "
        "messages before the fault still come out.",
    ),
}
