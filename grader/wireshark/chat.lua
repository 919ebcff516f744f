-- The chat's wire format for Wireshark and tshark: a length field of four digits, then a payload.
--
--   tshark -X lua_script:grader/wireshark/chat.lua -r names-name_is_accepted.pcapng
--   Wireshark: copy this file into the folder that Help, About, Folders calls "Personal Lua Plugins"

local FIELD_SIZE, MAXIMUM, PORT = 4, 1024, 5555

local chat = Proto("chat", "PyNetLab Multi-User Chat")
local field = ProtoField.string("chat.field", "Length field")
local length = ProtoField.uint16("chat.length", "Length (bytes of payload)")
local payload = ProtoField.string("chat.payload", "Payload", base.UNICODE)
local command = ProtoField.string("chat.command", "Command", base.UNICODE)
local arguments = ProtoField.string("chat.arguments", "Arguments", base.UNICODE)
chat.fields = { field, length, payload, command, arguments }

local malformed = ProtoExpert.new(
    "chat.malformed", "Not a length field", expert.group.MALFORMED, expert.severity.ERROR)
chat.experts = { malformed }

local function announced(buffer, offset)
    local text = buffer(offset, FIELD_SIZE):raw()
    if not text:match("^[0-9][0-9][0-9][0-9]$") then return nil end
    return tonumber(text)
end

local function show(buffer, pinfo, tree, offset, size)
    local message = tree:add(chat, buffer(offset, FIELD_SIZE + size))
    message:add(field, buffer(offset, FIELD_SIZE))
    message:add(length, buffer(offset, FIELD_SIZE), size)
    local text = ""
    if size > 0 then
        local range = buffer(offset + FIELD_SIZE, size)
        text = range:raw()
        message:add_packet_field(payload, range, ENC_UTF_8)
        local space = text:find(" ", 1, true)
        local word = space and space - 1 or size
        if word > 0 then message:add_packet_field(command, range(0, word), ENC_UTF_8) end
        if space and space < size then
            message:add_packet_field(arguments, range(space, size - space), ENC_UTF_8)
        end
    end
    message:append_text(": " .. text)
    return text
end

function chat.dissector(buffer, pinfo, tree)
    pinfo.cols.protocol = "CHAT"
    local offset, said = 0, {}
    while offset < buffer:len() do
        local rest = buffer:len() - offset
        if rest < FIELD_SIZE then
            pinfo.desegment_offset, pinfo.desegment_len = offset, FIELD_SIZE - rest
            break
        end
        local size = announced(buffer, offset)
        if size == nil or size > MAXIMUM then
            local message = tree:add(chat, buffer(offset))
            message:add(field, buffer(offset, FIELD_SIZE))
            message:add_proto_expert_info(malformed)
            said[#said + 1] = "(malformed)"
            break
        end
        if rest < FIELD_SIZE + size then
            pinfo.desegment_offset, pinfo.desegment_len = offset, FIELD_SIZE + size - rest
            break
        end
        said[#said + 1] = show(buffer, pinfo, tree, offset, size)
        offset = offset + FIELD_SIZE + size
    end
    if #said > 0 then pinfo.cols.info = table.concat(said, " | ") end
end

DissectorTable.get("tcp.port"):add(PORT, chat)
