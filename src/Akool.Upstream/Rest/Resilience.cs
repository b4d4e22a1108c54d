using Akool.Sessions;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Akool.Upstream.Rest;

/// <summary>
/// Decides whether a try is made and whether another follows: a retry with full jitter and a budget around one circuit breaker for all of AKOOL.
/// The breaker holds up every kind of call, close too: it opens only where no call gets through. Safe from any thread.
/// </summary>
internal sealed class Resilience
{
    private const int Repeats = 2;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);
    private static readonly ResiliencePropertyKey<string> OperationName = new("operation");

    /// <summary>How long the breaker stays open before one call is let through to see.</summary>
    internal static readonly TimeSpan Break = TimeSpan.FromSeconds(5);

    private readonly RetryBudget _budget = new();
    private readonly CircuitBreakerStateProvider _breaker = new();
    private readonly ResiliencePipeline<Attempt> _pipeline;
    private readonly UpstreamHealth _health;
    private readonly ILogger _logger;

    public Resilience(UpstreamHealth health, TimeProvider time, ILogger<Resilience> logger)
    {
        (_health, _logger) = (health, logger);
        _pipeline = new ResiliencePipelineBuilder<Attempt> { TimeProvider = new SteadyTime(time) }
            .AddRetry(RetryOptions()).AddCircuitBreaker(BreakerOptions()).Build();
    }

    /// <summary>Makes a call's tries; <paramref name="tryOnce"/> gives its failures as values. Errors: the last try's, or that none was made.</summary>
    public async Task<Attempt> RunAsync(string operation, Func<CancellationToken, ValueTask<Attempt>> tryOnce, CancellationToken cancellation)
    {
        _budget.Offer();
        var context = ResilienceContextPool.Shared.Get(cancellation);
        context.Properties.Set(OperationName, operation);
        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(
                static async (context, tryOnce) => Outcome.FromResult(await tryOnce(context.CancellationToken)), context, tryOnce);
            return outcome.Exception switch
            {
                null => outcome.Result,
                BrokenCircuitException open => Refused(open.RetryAfter),
                OperationCanceledException => Attempt.Canceled(nothingSent: false),
                var bug => throw bug,
            };
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static Attempt Refused(TimeSpan? left) => new(
        new(SessionErrorCode.UpstreamUnavailable, "AKOOL fails at present; it is tried again later")
        {
            RetryAfter = left > TimeSpan.Zero ? left : Break,
            NothingSent = true,
        },
        Verdict.Unknown,
        MayRepeat: false);

    private RetryStrategyOptions<Attempt> RetryOptions() => new()
    {
        MaxRetryAttempts = Repeats,
        ShouldHandle = args => new(args.AttemptNumber < Repeats && args.Outcome is { Exception: null, Result.MayRepeat: true } && _budget.TryRepeat()),
        DelayGenerator = args => new(FirstWait * (1 << args.AttemptNumber) * Jitter()),
        OnRetry = args =>
        {
            Log.CallRepeated(_logger, args.Context.Properties.GetValue(OperationName, ""), args.AttemptNumber + 2, args.RetryDelay);
            return default;
        },
    };

    private CircuitBreakerStrategyOptions<Attempt> BreakerOptions() => new()
    {
        FailureRatio = 0.5,
        MinimumThroughput = 10,
        SamplingDuration = TimeSpan.FromSeconds(10),
        BreakDuration = Break,
        StateProvider = _breaker,
        // The one call that is let through to see has to see: if it ends without, the breaker stays open.
        ShouldHandle = args => new(args.Outcome.Exception is not null || args.Outcome.Result.Verdict switch
        {
            Verdict.Down => true,
            Verdict.Unknown => _breaker.CircuitState == CircuitState.HalfOpen,
            _ => false,
        }),
        OnOpened = args =>
        {
            _health.IsReachable = false;
            Log.CircuitOpened(_logger, args.BreakDuration);
            return default;
        },
        OnClosed = _ =>
        {
            _health.IsReachable = true;
            Log.CircuitClosed(_logger);
            return default;
        },
    };

    // Full jitter: anything up to the whole wait, so that calls that failed together do not come back together.
    private static double Jitter() => System.Security.Cryptography.RandomNumberGenerator.GetInt32(1_000_000) / 1e6;
}
