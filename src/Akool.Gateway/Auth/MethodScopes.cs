namespace Akool.Gateway.Auth;

/// <summary>Which scope each method needs. A method without an entry can be called by nobody.</summary>
internal static class MethodScopes
{
    private static readonly HashSet<string> OpenServices =
        ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"];

    private static readonly Dictionary<string, Scope> Needed = new(StringComparer.Ordinal)
    {
        ["/akool.avatar.v1.SessionService/CreateSession"] = Scope.Sessions,
        ["/akool.avatar.v1.SessionService/GetSession"] = Scope.Sessions,
        ["/akool.avatar.v1.SessionService/ListSessions"] = Scope.Sessions,
        ["/akool.avatar.v1.SessionService/PauseSession"] = Scope.Sessions,
        ["/akool.avatar.v1.SessionService/CloseSession"] = Scope.Sessions,
        ["/akool.avatar.v1.SessionService/KeepSessionAlive"] = Scope.Sessions,
        ["/akool.avatar.v1.SessionService/WatchSessions"] = Scope.Sessions,
        ["/akool.avatar.v1.ChatService/Chat"] = Scope.Chat,
        ["/akool.avatar.v1.CatalogService/ListAvatars"] = Scope.Catalog,
        ["/akool.avatar.v1.CatalogService/GetAvatar"] = Scope.Catalog,
        ["/akool.avatar.v1.CatalogService/CreateAvatar"] = Scope.Catalog,
        ["/akool.avatar.v1.CatalogService/ListVoices"] = Scope.Catalog,
        ["/akool.avatar.v1.CatalogService/ListLanguages"] = Scope.Catalog,
        ["/akool.avatar.v1.AdminService/GetCapacity"] = Scope.Admin,
        ["/akool.avatar.v1.AdminService/ReconcileSessions"] = Scope.Admin,
        ["/akool.avatar.v1.AdminService/CloseMatchingSessions"] = Scope.Admin,
        ["/akool.avatar.v1.AdminService/DrainGateway"] = Scope.Admin,
    };

    /// <summary>Whether a service may be called by anybody, without credentials.</summary>
    public static bool IsOpen(string service) => OpenServices.Contains(service);

    /// <summary>The scope that a method (<c>/package.Service/Method</c>) needs; null: it has no entry.</summary>
    public static Scope? Of(string method) => Needed.TryGetValue(method, out var scope) ? scope : null;
}
