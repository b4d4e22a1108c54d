using Akool.LoadTest;

return await LoadTestCommand.Create().Parse(args).InvokeAsync();
