using Akool.Gateway;

return await GatewayApplication.RunAsync(args);
