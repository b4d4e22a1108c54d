using System.Net;
using Akool.Emulator.ChatRooms;
using Akool.Emulator.Control;
using Akool.Emulator.Faults;
using Akool.Emulator.Journals;
using Akool.Emulator.Rest;
using Akool.Emulator.Sessions;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Akool.Emulator;

/// <summary>
/// An AKOOL account that serves protocol A: REST, and one websocket for each session. It runs from
/// <see cref="StartAsync(EmulatorOptions?, Action{FaultScript}?)"/> until it is disposed, which resets what is still connected. Safe from any thread.
/// </summary>
public sealed class AkoolEmulator : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly EmulatorOptions _options;
    private readonly WebApplication _app;
    private readonly Agenda _agenda;
    private readonly TokenBook _tokens;
    private readonly AvatarShelf _avatars;
    private readonly SessionTable _sessions;
    private readonly RestApi _rest;
    private readonly Doorway _doorway;
    private readonly ControlApi _control;
    private ChargeLedger? _ledger;

    private AkoolEmulator(EmulatorOptions options)
    {
        _options = options;
        Journal = new Journal(options);
        Script = new FaultScript(options.Seed) { SocketFaultAdded = MeetOpenSockets };
        _agenda = new Agenda(options.Time);
        _tokens = new TokenBook(options);
        _sessions = new SessionTable(options, (id, client, server) => new ChatRoom(id, client, server, options.Habits.SecondSocket, Journal));
        _avatars = new AvatarShelf(options, _sessions.Naming);
        var conversation = new Conversation(options, _agenda, Script, Journal, OtherRoom);
        _doorway = new Doorway(options, _sessions, conversation, Script, Journal);
        _rest = new RestApi(options, _tokens, new SessionCalls(_sessions, _avatars, options.Habits), _avatars, Script, new RestFaultPlayer(options), Journal);
        _control = new ControlApi(this);
        _app = Build(options);
        _app.Run(HandleAsync);
    }

    /// <summary>Where it serves; the port is the real one.</summary>
    public Uri BaseUrl { get; private set; } = null!;

    /// <summary>Everything that went over the wire.</summary>
    public Journal Journal { get; }

    /// <summary>What goes wrong next.</summary>
    public FaultScript Script { get; }

    /// <summary>What the account pays for.</summary>
    public ChargeLedger Ledger => _ledger!;

    /// <summary>
    /// Starts an account. Errors: <see cref="ArgumentException"/> where an option makes no sense, <see cref="IOException"/> where the port is taken.
    /// </summary>
    /// <param name="options">What the account is; null: the defaults.</param>
    /// <param name="script">Adds faults before the first request.</param>
    public static async Task<AkoolEmulator> StartAsync(EmulatorOptions? options = null, Action<FaultScript>? script = null)
    {
        options ??= new EmulatorOptions();
        if (options.Wrong() is { } wrong) throw new ArgumentException(wrong, nameof(options));
        var emulator = new AkoolEmulator(options);
        script?.Invoke(emulator.Script);
        try { await emulator.ServeAsync(); }
        catch
        {
            await emulator.DisposeAsync();
            throw;
        }
        return emulator;
    }

    /// <summary>Starts an account with the default options and a script.</summary>
    public static Task<AkoolEmulator> StartAsync(Action<FaultScript> script) => StartAsync(null, script);

    /// <summary>Makes every token invalid (1101), the configured one too; getToken gives new ones.</summary>
    public void ExpireTokens() => _tokens.ExpireAll();

    /// <summary>Takes one more token as valid.</summary>
    public void AcceptToken(string token) => _tokens.Accept(token);

    /// <summary>Ends a session from AKOOL's side: status 3, or 4 where it failed; its socket is closed with 1000. False: it is not live.</summary>
    public bool EndSession(string id, bool failed = false) => _sessions.End(id, failed) == BusinessCode.Success;

    /// <summary>Resets every open socket at once.</summary>
    public void DropAllSockets()
    {
        foreach (var socket in _sessions.Rooms().SelectMany(room => room.Sockets())) socket.Abort();
    }

    /// <summary>Keeps the answers of a session back until <see cref="ReleaseAnswers"/>; null: of every session that is live now. False: it is not live.</summary>
    public bool HoldAnswers(string? session = null) => Hold(session, holding: true);

    /// <summary>Lets go what was kept back, in order. False: the session is not live.</summary>
    public bool ReleaseAnswers(string? session = null) => Hold(session, holding: false);

    /// <summary>Begins anew: no sessions, no faults, no journal, the tokens of the options.</summary>
    public void Reset()
    {
        Script.Clear();
        _agenda.Clear();
        DropAllSockets();
        _sessions.Clear();
        _avatars.Reset();
        _tokens.Reset();
        Journal.Clear();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _agenda.Dispose();
        DropAllSockets();
        using (var limit = new CancellationTokenSource(StopLimit, TimeProvider.System))
        {
            await _app.StopAsync(limit.Token);
        }
        await _app.DisposeAsync();
        await Journal.DisposeAsync();
        _stopping.Dispose();
    }

    private static WebApplication Build(EmulatorOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = null;
            var address = IPAddress.TryParse(options.Url.Host.Trim('[', ']'), out var ip) ? ip
                : options.Url.IsLoopback ? IPAddress.Loopback : IPAddress.Any;
            kestrel.Listen(address, options.Url.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        return builder.Build();
    }

    /// <summary>Signals are the matter of the process's owner: the host's own lifetime would take them, and stop nothing.</summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private async Task ServeAsync()
    {
        await _app.StartAsync();
        var served = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        BaseUrl = new UriBuilder(_options.Url) { Port = served.Port }.Uri;
        _ledger = new ChargeLedger(_sessions, _options.Habits.RoomBaseUrl ?? new UriBuilder(BaseUrl) { Scheme = "ws" }.Uri);
    }

    private async Task HandleAsync(HttpContext context)
    {
        // What never answers must end with the emulator all the same.
        await using var stop = _stopping.Token.Register(context.Abort);
        try
        {
            var path = context.Request.Path.Value!;
            if (RestPaths.TryFind(path, out var operation, out var method)) await ServeRestAsync(context, operation, method);
            else if (path.StartsWith(ControlApi.Root, StringComparison.Ordinal)) await _control.HandleAsync(context, path[ControlApi.Root.Length..]);
            else await _doorway.HandleAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has left, or the emulator stops.
        }
    }

    private Task ServeRestAsync(HttpContext context, RestOperation operation, string method)
    {
        if (context.Request.Method == method) return _rest.HandleAsync(context, operation);
        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        return Task.CompletedTask;
    }

    private ChatRoom? OtherRoom(ChatRoom room) => _sessions.Rooms().Find(other => other != room && other.IsOccupied);

    private bool Hold(string? session, bool holding)
    {
        var rooms = _sessions.Rooms().Where(room => session is null || room.Session == session).ToList();
        foreach (var room in rooms) room.Hold(holding);
        return session is null || rooms.Count > 0;
    }

    private void MeetOpenSockets()
    {
        foreach (var room in _sessions.Rooms())
        {
            foreach (var socket in room.Sockets())
            {
                if (Script.TakeSocket(room.Session, frame: false) is not { } fault) continue;
                Journal.FaultFired(fault.Kind, room.Session);
                socket.Meet(fault);
            }
        }
    }
}
