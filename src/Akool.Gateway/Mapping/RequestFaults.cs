using Akool.Sessions;

namespace Akool.Gateway.Mapping;

/// <summary>The faults found in one request, so that all are named at once. Costs nothing while there is none; pass it by reference.</summary>
internal struct RequestFaults
{
    // A request can hold thousands of faults; an answer need not.
    private const int Most = 32;

    private List<FieldFault>? _found;

    public readonly bool Any => _found is not null;

    public void Add(string field, string detail)
    {
        _found ??= [];
        if (_found.Count < Most) _found.Add(new(field, detail));
    }

    /// <summary>The value, if nothing was found wrong with the request.</summary>
    public readonly Result<T> Or<T>(T value) => _found is null ? Result.Ok(value) : SessionError.Invalid(_found);
}
