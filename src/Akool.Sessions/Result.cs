using System.Diagnostics.CodeAnalysis;

namespace Akool.Sessions;

/// <summary>A value, or the expected failure that stands in its place.</summary>
public readonly struct Result<T>
{
    private readonly T? _value;

    internal Result(T value) => (_value, Error) = (value, null);

    private Result(SessionError error) => (_value, Error) = (default, error);

    /// <summary>Why there is no value; null where there is one.</summary>
    public SessionError? Error { get; }

    /// <summary>Whether <see cref="Value"/> may be read.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsOk => Error is null;

    /// <summary>The value. Throws where <see cref="IsOk"/> is false: reading it then is a bug.</summary>
    public T Value => Error is null ? _value! : throw new InvalidOperationException($"no value: {Error}");

    public static implicit operator Result<T>(T value) => new(value);

    public static implicit operator Result<T>(SessionError error) => new(error);
}

/// <summary>Helpers for results whose type the compiler cannot infer.</summary>
public static class Result
{
    /// <summary>A success without a value.</summary>
    public static Result<Done> Done => default(Done);

    /// <summary>A success, also for a value typed as an interface.</summary>
    public static Result<T> Ok<T>(T value) => new(value);
}

/// <summary>The value of an operation that has none.</summary>
public readonly record struct Done;
