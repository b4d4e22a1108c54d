namespace Akool.Emulator.Rest;

/// <summary>The bearer tokens that are valid. Safe from any thread.</summary>
internal sealed class TokenBook(EmulatorOptions options)
{
    private readonly Lock _gate = new(); // guards _valid and _issued
    private readonly HashSet<string> _valid = [options.Token];
    private int _issued;

    public RestAnswer Issue(RestRequest request)
    {
        if (request.Text("clientId") is not { Length: > 0 } id || request.Text("clientSecret") is not { Length: > 0 } secret) return BusinessCode.ParameterError;
        if (id != options.ClientId || secret != options.ClientSecret) return BusinessCode.IllegalToken;
        lock (_gate)
        {
            var token = $"emulator-token-{++_issued}";
            _valid.Add(token);
            return new(BusinessCode.Success, Token: token);
        }
    }

    /// <summary>The code for a request's authorization header: 1000, 1101 or 1102.</summary>
    public int Check(string? authorization)
    {
        const string scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return BusinessCode.TokenEmpty;
        var token = authorization[scheme.Length..].Trim();
        if (token.Length == 0) return BusinessCode.TokenEmpty;
        lock (_gate) return _valid.Contains(token) ? BusinessCode.Success : BusinessCode.IllegalToken;
    }

    public void Accept(string token)
    {
        lock (_gate) _valid.Add(token);
    }

    public void ExpireAll()
    {
        lock (_gate) _valid.Clear();
    }

    public void Reset()
    {
        lock (_gate)
        {
            _valid.Clear();
            _valid.Add(options.Token);
        }
    }
}
