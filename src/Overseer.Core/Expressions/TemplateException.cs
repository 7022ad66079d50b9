namespace Overseer.Core.Expressions;

/// <summary>A text is not a template. <see cref="Exception.Message"/> says where and what is allowed.</summary>
public sealed class TemplateException : Exception
{
    /// <summary>Makes one without a position.</summary>
    public TemplateException()
        : this("the template is wrong")
    {
    }

    /// <summary>Makes one without a position.</summary>
    public TemplateException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one without a position.</summary>
    public TemplateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal TemplateException(int position, string message)
        : base($"template, position {position + 1}: {message}") => Position = position + 1;

    /// <summary>Where, counted in characters from 1; 0 when it is not known.</summary>
    public int Position { get; }
}
