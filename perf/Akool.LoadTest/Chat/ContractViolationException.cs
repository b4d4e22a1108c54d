namespace Akool.LoadTest.Chat;

/// <summary>The gateway broke what the contract promises; always a failure, whatever the load.</summary>
internal sealed class ContractViolationException(string what) : Exception(what);
