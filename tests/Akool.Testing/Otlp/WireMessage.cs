using Google.Protobuf;

namespace Akool.Testing.Otlp;

/// <summary>A protocol buffers message read without its schema: its fields by number, in order.</summary>
public sealed class WireMessage
{
    private readonly List<(int Field, ulong Number, ByteString? Bytes)> _fields = [];

    private WireMessage()
    {
    }

    /// <summary>Reads a message. Errors: <see cref="InvalidProtocolBufferException"/> where it is none.</summary>
    public static WireMessage Read(byte[] bytes) => Read(new CodedInputStream(bytes));

    /// <summary>The messages of a field.</summary>
    public IEnumerable<WireMessage> All(int field) => Bytes(field).Select(bytes => Read(bytes.CreateCodedInput()));

    /// <summary>The first message of a field; an empty one where there is none.</summary>
    public WireMessage One(int field) => All(field).FirstOrDefault() ?? new WireMessage();

    /// <summary>Whether a field is there.</summary>
    public bool Has(int field) => _fields.Exists(entry => entry.Field == field);

    /// <summary>The text of a field; empty where there is none.</summary>
    public string Text(int field) => Bytes(field).FirstOrDefault()?.ToStringUtf8() ?? "";

    /// <summary>The bytes of a field as hexadecimal digits.</summary>
    public string Hex(int field) => Convert.ToHexStringLower((Bytes(field).FirstOrDefault() ?? ByteString.Empty).Span);

    /// <summary>The number of a field, whatever its width; 0 where there is none.</summary>
    public ulong Number(int field) => _fields.Find(entry => entry.Field == field).Number;

    private IEnumerable<ByteString> Bytes(int field) => _fields.Where(entry => entry.Field == field && entry.Bytes is not null).Select(entry => entry.Bytes!);

    private static WireMessage Read(CodedInputStream input)
    {
        var message = new WireMessage();
        while (input.ReadTag() is var tag and not 0)
        {
            var field = WireFormat.GetTagFieldNumber(tag);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.Varint: message._fields.Add((field, input.ReadUInt64(), null)); break;
                case WireFormat.WireType.Fixed64: message._fields.Add((field, input.ReadFixed64(), null)); break;
                case WireFormat.WireType.Fixed32: message._fields.Add((field, input.ReadFixed32(), null)); break;
                default: message._fields.Add((field, 0, input.ReadBytes())); break;
            }
        }
        return message;
    }
}
