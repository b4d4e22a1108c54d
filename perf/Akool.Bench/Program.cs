using Akool.Bench;

return await BenchCommand.Create().Parse(args).InvokeAsync();
