namespace NBomber.Engine;

/// <summary>Leaves an iteration whose step has failed; the step has told why.</summary>
internal sealed class RestartIterationException : Exception;
