using System.Reflection;
using Akool.Avatar.V1;
using Akool.Gateway.Auth;
using Google.Protobuf.Reflection;

namespace Akool.Gateway.Tests.Auth;

public sealed class MethodScopesTests
{
    public static TheoryData<string, string> Methods => [.. typeof(SessionService).Assembly.GetTypes()
        .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
        .OfType<FileDescriptor>()
        .SelectMany(file => file.Services)
        .SelectMany(service => service.Methods.Select(method => (service.FullName, method.Name)))];

    [Fact]
    public void All_services_of_the_contract_are_walked() => Assert.Equal(
        ["akool.avatar.v1.AdminService", "akool.avatar.v1.CatalogService", "akool.avatar.v1.ChatService", "akool.avatar.v1.SessionService"],
        Methods.Select(row => row.Data.Item1).Distinct().Order());

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_needs_the_scope_of_its_service(string service, string method)
    {
        var expected = service switch
        {
            "akool.avatar.v1.SessionService" => Scope.Sessions,
            "akool.avatar.v1.ChatService" => Scope.Chat,
            "akool.avatar.v1.CatalogService" => Scope.Catalog,
            "akool.avatar.v1.AdminService" => Scope.Admin,
            _ => Scope.None,
        };

        Assert.NotEqual(Scope.None, expected);
        Assert.Equal(expected, MethodScopes.Of($"/{service}/{method}"));
        Assert.False(MethodScopes.IsOpen(service));
    }

    [Fact]
    public void A_method_without_an_entry_needs_what_nobody_has() => Assert.Null(MethodScopes.Of("/akool.avatar.v1.SessionService/New"));

    [Fact]
    public void Health_and_reflection_are_open()
    {
        Assert.True(MethodScopes.IsOpen(Grpc.Health.V1.Health.Descriptor.FullName));
        Assert.True(MethodScopes.IsOpen(Grpc.Reflection.V1Alpha.ServerReflection.Descriptor.FullName));
    }
}
