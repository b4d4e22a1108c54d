using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Akool.Gateway.Tests.Mapping;

/// <summary>Walks every field of a message by reflection, so that a field that is new in the contract fails the tests of its mapping.</summary>
internal static class MessageFields
{
    /// <summary>Paths of the fields that are not set, at any depth. Of a oneof, one field must be set.</summary>
    public static IReadOnlyList<string> Unset(IMessage message, string path = "")
    {
        var unset = new List<string>();
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            var name = path + field.Name;
            if (field.RealContainingOneof is { } oneof && oneof.Accessor.GetCaseFieldDescriptor(message) is { } set && set != field) continue;
            var value = field.Accessor.GetValue(message);
            if (IsDefault(field, value)) unset.Add(name);
            else if (value is IMessage inner && !IsTime(field)) unset.AddRange(Unset(inner, name + "."));
        }

        return unset;
    }

    /// <summary>Paths of the fields of a request that can be changed without a change in what is read from it.</summary>
    public static IReadOnlyList<string> Ignored<T>(T request, Func<T, object?> read) where T : IMessage
    {
        var before = Fingerprint(read(request));
        return [.. Changes(request).GroupBy(change => change.Path)
            .Where(changes => changes.All(change => Fingerprint(read((T)change.Apply())) == before))
            .Select(changes => changes.Key)];
    }

    private static string Fingerprint(object? read) => JsonSerializer.Serialize(read);

    private static IEnumerable<(string Path, Func<IMessage> Apply)> Changes(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.Message && !field.IsMap && !IsTime(field))
            {
                foreach (var (path, apply) in Changes((IMessage)field.Accessor.GetValue(message)))
                    yield return ($"{field.Name}.{path}", () => With(message, field, apply()));
                continue;
            }

            foreach (var value in OtherValues(field, field.Accessor.GetValue(message)))
                yield return (field.Name, () => With(message, field, value));
        }
    }

    private static IMessage With(IMessage message, FieldDescriptor field, object value)
    {
        var copy = message.Descriptor.Parser.ParseFrom(message.ToByteArray());
        if (field.IsMap) ((System.Collections.IDictionary)field.Accessor.GetValue(copy))["another"] = "label";
        else if (field.IsRepeated) ((System.Collections.IList)field.Accessor.GetValue(copy)).Add(value);
        else field.Accessor.SetValue(copy, value);
        return copy;
    }

    private static IEnumerable<object> OtherValues(FieldDescriptor field, object? value) => field.FieldType switch
    {
        FieldType.String when field.Name.EndsWith("url", StringComparison.Ordinal) => ["https://example.com/another.pdf"],
        FieldType.String => [value + "2"],
        FieldType.Bool => [!(bool)value!],
        FieldType.Int32 => [(int)value! + 1],
        FieldType.Int64 => [(long)value! + 1],
        FieldType.Enum => field.EnumType.Values.Select(known => System.Enum.ToObject(field.EnumType.ClrType, known.Number)),
        FieldType.Message when field.IsMap => [""],
        FieldType.Message => [new Duration { Seconds = 2 }],
        _ => throw new NotSupportedException($"{field.FullName}: teach this helper to change a {field.FieldType}"),
    };

    private static bool IsDefault(FieldDescriptor field, object? value) => value switch
    {
        null or "" or 0 or 0L or false => true,
        System.Collections.ICollection items when field.IsRepeated || field.IsMap => items.Count == 0,
        System.Enum member => Convert.ToInt32(member, System.Globalization.CultureInfo.InvariantCulture) == 0,
        _ => false,
    };

    private static bool IsTime(FieldDescriptor field) => field.MessageType.FullName is "google.protobuf.Timestamp" or "google.protobuf.Duration";
}
